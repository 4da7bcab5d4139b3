# Names for the scripts in tools/, which run without make as well. Arguments: make test ARGS="-k lamp"
ARGS =

.PHONY: demo test test-gpio prove lint docs bench

demo test test-gpio prove lint docs bench:
	@tools/$(subst -,_,$@)/run $(ARGS)
