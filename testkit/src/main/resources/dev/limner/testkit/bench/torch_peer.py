"""The default networks in plain PyTorch, to be timed against the same networks through DJL.

Reads requests from standard input, one a line, and answers each with one line:
  version               the version of PyTorch
  draw BATCH SECONDS    pictures a second of the generator alone
  step BATCH SECONDS    pictures a second of whole training steps
  same                  pixel values of one picture with fixed noise and sentence
Arguments: the bundle's weights.safetensors, the number of threads.
"""

import json
import math
import os
import struct
import sys
import time

import torch
import torch.nn.functional as F

LATENT, TEXT, CONDITION, CHANNELS, SIDE = 64, 384, 128, [128, 128, 64, 32], 64
D_CHANNELS, FEATURES = [32, 64, 128, 128], 128
GAMMA, PENALTY_EVERY, MISMATCH, RECONSTRUCTION, SHIFT = 2.0, 8, 0.5, 4.0, 8
RATE, BETA2, KEEP = 5e-4, 0.9, 0.999


ROW = torch.tensor([1.0, 2.0, 1.0])
BINOMIAL = (ROW[:, None] * ROW[None, :] / 16).reshape(1, 1, 3, 3)
EDGE = torch.ones(SIDE)
EDGE[0] = EDGE[-1] = 4 / 3
BORDER = (EDGE[:, None] * EDGE[None, :]).reshape(1, 1, SIDE, SIDE)
with open(os.path.join(os.path.dirname(sys.argv[1]), "manifest.json")) as manifest:
    SMOOTH = json.load(manifest)["generator"].get("smooth", False)


def read_safetensors(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            start, end = entry["data_offsets"]
            flat = torch.frombuffer(data, dtype=torch.float32, offset=start, count=(end - start) // 4)
            tensors[name] = flat.reshape(entry["shape"]).clone()
    return tensors


def lrelu(x):
    return F.leaky_relu(x, 0.2)


def upsample(x):
    return F.interpolate(x, scale_factor=2, mode="nearest")


def draw(w, z, s):
    code = torch.cat([z, lrelu(F.linear(s, w["project.weight"], w["project.bias"]))], 1)
    film = F.linear(code, w["film.weight"], w["film.bias"])
    at = 0

    def modulate(x):
        nonlocal at
        count = x.shape[1]
        scale = film[:, at:at + count].reshape(-1, count, 1, 1)
        shift = film[:, at + count:at + 2 * count].reshape(-1, count, 1, 1)
        at += 2 * count
        return x * (scale + 1) + shift

    x = F.linear(code, w["start.weight"], w["start.bias"]).reshape(-1, CHANNELS[0], 4, 4)
    for block in range(len(CHANNELS) - 1):
        name = "block%d" % block
        skip = upsample(F.conv2d(x, w[name + ".skip.weight"]))
        h = lrelu(modulate(upsample(x)))
        h = F.conv2d(h, w[name + ".conv1.weight"], w[name + ".conv1.bias"], padding=1)
        h = lrelu(modulate(h))
        x = skip + F.conv2d(h, w[name + ".conv2.weight"], w[name + ".conv2.bias"], padding=1)
    pixels = F.pixel_shuffle(F.conv2d(lrelu(x), w["pixels.weight"], w["pixels.bias"], padding=1), 2)
    if SMOOTH:
        planes = F.conv2d(pixels.reshape(-1, 1, SIDE, SIDE), BINOMIAL, padding=1) * BORDER
        pixels = planes.reshape(pixels.shape)
    return torch.tanh(pixels)


def discriminator_weights():
    w = {}

    def conv(name, inputs, outputs, kernel):
        w[name + ".weight"] = torch.randn(outputs, inputs, kernel, kernel) / math.sqrt(inputs * kernel * kernel)
        w[name + ".bias"] = torch.zeros(outputs)

    conv("start", 12, D_CHANNELS[0], 3)
    for stage in range(len(D_CHANNELS) - 1):
        a, b = D_CHANNELS[stage], D_CHANNELS[stage + 1]
        conv("stage%d.conv1" % stage, a, a, 3)
        conv("stage%d.conv2" % stage, a, b, 3)
        w["stage%d.skip.weight" % stage] = torch.randn(b, a, 1, 1) / math.sqrt(a)
    conv("end", D_CHANNELS[-1], FEATURES, 4)
    w["score"] = torch.randn(1, FEATURES) / math.sqrt(FEATURES)
    w["caption"] = torch.randn(FEATURES, TEXT) / math.sqrt(TEXT)
    return w


def features(w, x):
    x = F.conv2d(F.pixel_unshuffle(x, 2), w["start.weight"], w["start.bias"], padding=1)
    for stage in range(len(D_CHANNELS) - 1):
        name = "stage%d" % stage
        skip = F.conv2d(F.avg_pool2d(x, 2), w[name + ".skip.weight"])
        h = F.conv2d(lrelu(x), w[name + ".conv1.weight"], w[name + ".conv1.bias"], padding=1)
        h = F.conv2d(lrelu(h), w[name + ".conv2.weight"], w[name + ".conv2.bias"], padding=1)
        x = skip + F.avg_pool2d(h, 2)
    return F.conv2d(lrelu(x), w["end.weight"], w["end.bias"]).reshape(-1, FEATURES)


def realness(w, f):
    return F.linear(lrelu(f), w["score"]).reshape(-1)


def agreement(w, f, s):
    return (F.linear(s, w["caption"]) * f).sum(1) / math.sqrt(FEATURES)


def score(w, x, s):
    f = features(w, x)
    return realness(w, f) + agreement(w, f, s)


def shifted(x):
    padded = F.pad(x, (SHIFT, SHIFT, SHIFT, SHIFT), value=1.0)
    offsets = torch.randint(0, 2 * SHIFT + 1, (x.shape[0], 2)).tolist()
    return torch.cat([padded[i:i + 1, :, t:t + SIDE, l:l + SIDE] for i, (t, l) in enumerate(offsets)], 0)


def reconstruction(drawn, real):
    difference = drawn - real
    total, sizes = difference.abs().mean(), 1
    while difference.shape[2] > 8:
        difference = F.avg_pool2d(difference, 2)
        total, sizes = total + difference.abs().mean(), sizes + 1
    return total / sizes


class Trainer:
    """One update of each network a step, R1 and R2 in turns by differentiating twice, Adam, an average."""

    def __init__(self, weights):
        self.g = {name: value.clone().requires_grad_() for name, value in weights.items()}
        self.d = {name: value.requires_grad_() for name, value in discriminator_weights().items()}
        self.average = {name: value.clone() for name, value in weights.items()}
        self.g_adam = torch.optim.Adam(self.g.values(), RATE, (0.0, BETA2))
        self.d_adam = torch.optim.Adam(self.d.values(), RATE, (0.0, BETA2))
        self.number = 0

    def step(self, batch):
        pictures = torch.rand(batch, 3, SIDE, SIDE) * 2 - 1
        s = torch.randn(batch, TEXT)
        stranger = s.roll(1, 0)
        real = shifted(pictures)
        with torch.no_grad():
            drawn = shifted(draw(self.g, torch.randn(batch, LATENT), s))
        f = features(self.d, torch.cat([real, drawn], 0))
        r = realness(self.d, f)
        real_score = r[:batch] + agreement(self.d, f[:batch], s)
        drawn_score = r[batch:] + agreement(self.d, f[batch:], s)
        mismatched = r[:batch] + agreement(self.d, f[:batch], stranger)
        loss = (F.softplus(drawn_score - real_score) + MISMATCH * F.softplus(mismatched - real_score)).mean()
        loss.backward()
        phase = self.number % PENALTY_EVERY
        if phase in (0, PENALTY_EVERY // 2):
            leaf = (real if phase == 0 else drawn).detach().requires_grad_()
            (gradient,) = torch.autograd.grad(score(self.d, leaf, s).sum(), leaf, create_graph=True)
            (GAMMA / 2 * PENALTY_EVERY * gradient.square().sum((1, 2, 3)).mean()).backward()
        self.d_adam.step()
        self.d_adam.zero_grad()
        for value in self.d.values():
            value.requires_grad_(False)
        with torch.no_grad():
            real_score = score(self.d, real, s)
        picture = draw(self.g, torch.randn(batch, LATENT), s)
        loss = F.softplus(real_score - score(self.d, shifted(picture), s)).mean()
        (loss + RECONSTRUCTION * reconstruction(picture, pictures)).backward()
        self.g_adam.step()
        self.g_adam.zero_grad()
        for value in self.d.values():
            value.requires_grad_(True)
        with torch.no_grad():
            for name, value in self.g.items():
                self.average[name].mul_(KEEP).add_(value, alpha=1 - KEEP)
        self.number += 1


def timed(work, batch, seconds):
    for _ in range(3):
        work()
    start, count = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        work()
        count += 1
    return count * batch / (time.perf_counter() - start)


def main():
    weights = read_safetensors(sys.argv[1])
    torch.set_num_threads(int(sys.argv[2]))
    trainer = Trainer(weights)
    for line in sys.stdin:
        request = line.split()
        if request[0] == "version":
            answer = torch.__version__
        elif request[0] == "same":
            z = torch.arange(LATENT, dtype=torch.float32).reshape(1, -1) / LATENT - 0.5
            s = torch.cos(torch.arange(TEXT, dtype=torch.float32)).reshape(1, -1)
            answer = " ".join("%.6f" % value for value in draw(weights, z, s).flatten().tolist())
        else:
            batch, seconds = int(request[1]), float(request[2])
            if request[0] == "draw":
                z, s = torch.randn(batch, LATENT), torch.randn(batch, TEXT)
                with torch.inference_mode():
                    answer = "%.2f" % timed(lambda: draw(weights, z, s), batch, seconds)
            else:
                answer = "%.2f" % timed(lambda: trainer.step(batch), batch, seconds)
        print(answer, flush=True)


if __name__ == "__main__":
    main()
