package dev.limner.generator.network.torchscript;

import com.fasterxml.jackson.databind.JsonNode;
import dev.limner.generator.network.Architecture;
import dev.limner.generator.network.SpecJson;

/**
 * {@code torchscript}: a generator that somebody exported from PyTorch ({@code torch.jit.trace} or {@code torch.jit.script}) as
 * one file. The file is a program, which can do whatever the engine can: a worker runs it only where its operator named its
 * digest.
 */
public final class TorchScriptArchitecture implements Architecture {
    /** {@link #id()}. */
    public static final String ID = "torchscript";

    @Override
    public String id() {
        return ID;
    }

    @Override
    public TorchScriptGenerator generator(JsonNode spec) {
        return new TorchScriptGenerator(SpecJson.read(spec, TorchScriptSpec.class));
    }
}
