# Names for the scripts in tools/, which run without make as well. Arguments: make test ARGS="-k lamp"
ARGS =

.PHONY: demo test lint docs bench

demo test lint docs bench:
	@tools/$@/run $(ARGS)
