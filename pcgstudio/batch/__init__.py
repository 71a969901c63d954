"""Many maps from one spec, on this machine or a cluster: resumable, the same result whoever computes it.

::

    spec.py       the file a person writes            executors.py   who computes: processes, Dask, any Executor
    sweep.py      points of a parameter sweep         worker.py      one item: plan, build, measure, write
    items.py      what shall be tried, in order       select.py      which maps are taken, decided in item order
    folder.py     the result on disk                  run.py         the loop that ties them together
    traits.py     what is comparable about maps       diversity.py   how different the taken maps are
    manifest.py   one row a map, Parquet and CSV      plots.py, sheet.py, report.py   for people

Everything heavy is imported where it is used: worker processes must set their threads before numpy is loaded.
"""
