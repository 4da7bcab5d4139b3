# Names for the scripts in tools/, which run without make as well. Arguments: make test ARGS="-k lamp"
ARGS =
# Folder of the recordings for make train-hearing.
DATA =

.PHONY: demo test test-gpio prove lint docs bench verifier train-hearing

train-hearing: override ARGS := $(DATA) $(ARGS)
demo test test-gpio prove lint docs bench verifier train-hearing:
	@tools/$(subst -,_,$@)/run $(ARGS)
