package dev.limner.generator.network.torchscript;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.limner.generator.network.Architecture;
import dev.limner.protocol.text.JsonReasons;

/**
 * {@code torchscript}: a generator that somebody exported from PyTorch ({@code torch.jit.trace} or {@code torch.jit.script}) as
 * one file. The file is a program, which can do whatever the engine can: a worker runs it only where its operator named its
 * digest.
 */
public final class TorchScriptArchitecture implements Architecture {
    /** {@link #id()}. */
    public static final String ID = "torchscript";

    static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    @Override
    public String id() {
        return ID;
    }

    @Override
    public TorchScriptGenerator generator(JsonNode spec) {
        try {
            return new TorchScriptGenerator(JSON.treeToValue(spec, TorchScriptSpec.class));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("architecture.spec: " + JsonReasons.of(e), e);
        }
    }
}
