"""Writes random.pt and mean.pt beside this file: generators whose images depend on more than their inputs.

Made with PyTorch 2.13: python3 faulty.py.
"""
import pathlib

import torch
from torch import nn


class Random(nn.Module):
    """A layer that is still in training mode, such as a dropout."""

    def forward(self, noise):
        return torch.tanh(noise * torch.randint(0, 2, noise.shape))


class Mean(nn.Module):
    """A batch normalisation that is still in training mode."""

    def forward(self, noise):
        return torch.tanh(noise - noise.mean(0))


if __name__ == "__main__":
    here = pathlib.Path(__file__).parent
    torch.jit.save(torch.jit.script(Random()), str(here / "random.pt"))
    torch.jit.save(torch.jit.script(Mean()), str(here / "mean.pt"))
