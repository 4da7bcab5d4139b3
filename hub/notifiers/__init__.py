"""How notices reach people: one small protocol, one file for each channel, one carrier for all."""
