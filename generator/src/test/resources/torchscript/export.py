"""Writes generator.pt beside this file: a small class-conditional DCGAN, exported as the guide says.

Made with PyTorch 2.13: python3 export.py. The expected images were written by the same run.
"""
import hashlib
import pathlib

import torch
from torch import nn

SIDE, NOISE, CLASSES = 16, 8, 3


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(CLASSES, NOISE)
        self.net = nn.Sequential(
            nn.ConvTranspose2d(NOISE, 16, 4),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.ConvTranspose2d(16, 8, 4, stride=2, padding=1),
            nn.BatchNorm2d(8),
            nn.ReLU(),
            nn.ConvTranspose2d(8, 3, 4, stride=2, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, noise, label, controls):
        # noise (n, 8, 1, 1), label (n), controls (n, 1): how bright
        code = noise * (1 + self.embed(label)[:, :, None, None])
        return (self.net(code) * (0.5 + controls[:, :, None, None])).clamp(0, 1)


if __name__ == "__main__":
    torch.manual_seed(1)
    here = pathlib.Path(__file__).parent
    generator = Generator()
    for _ in range(20):  # running statistics that are not those of a fresh layer
        generator(torch.randn(32, NOISE, 1, 1), torch.randint(CLASSES, (32,)), torch.zeros(32, 1))
    generator.eval()
    noise, label, controls = torch.zeros(4, NOISE, 1, 1), torch.tensor([0, 1, 2, 0]), torch.full((4, 1), 0.5)
    noise += torch.arange(4)[:, None, None, None] / 4 - torch.arange(NOISE)[None, :, None, None] / 8
    with torch.no_grad():
        traced = torch.jit.trace(generator, (noise, label, controls))
        images = traced(noise, label, controls)
    torch.jit.save(traced, str(here / "generator.pt"))
    (here / "expected.txt").write_text("\n".join(f"{value:.6f}" for value in images.flatten().tolist()) + "\n")
    print(hashlib.sha256((here / "generator.pt").read_bytes()).hexdigest())
