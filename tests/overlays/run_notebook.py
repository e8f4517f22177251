"""Run the cells of a notebook in order, in the folder it lies in, and save its pictures.

    python -m hls4ml_soc.virtual.pynq run_notebook.py NOTEBOOK PICTURES

In one process with the virtual board, which a Jupyter kernel of its own would not see; there are no
magics in it. Needs no Jupyter, so that it runs in the environment of any PYNQ."""

import json
import os
import sys


def main(notebook, pictures):
    """Run it; whatever a cell raises ends the run."""
    with open(notebook, encoding="utf-8") as file:
        cells = json.load(file)["cells"]
    os.chdir(os.path.dirname(os.path.abspath(notebook)))
    sys.path.insert(0, os.getcwd())
    names = {"__name__": "__main__"}
    for i, cell in enumerate(cells):
        if cell["cell_type"] == "code":
            code = compile("".join(cell["source"]), f"cell {i}", "exec")
            exec(code, names)
            save(pictures, i)


def save(pictures, cell):
    """Save what a cell has drawn, and close it as Jupyter does."""
    import matplotlib.pyplot as plt

    for number in plt.get_fignums():
        plt.figure(number).savefig(os.path.join(pictures, f"{cell}.png"), dpi=60)
        plt.close(number)


if __name__ == "__main__":
    main(*sys.argv[1:])
