"""Places: the machines on which the processes of a training run, and what each process takes there."""
