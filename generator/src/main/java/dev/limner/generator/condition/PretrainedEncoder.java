package dev.limner.generator.condition;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The sentence encoders that come with Limner, both quantised to int8 and run by ONNX Runtime. */
public enum PretrainedEncoder {
    /** all-MiniLM-L6-v2 (Reimers and Gurevych 2019): English; the mean over the word pieces. */
    MINI_LM("all-minilm-l6-v2-q", 384, 256, Pooling.MEAN),

    /** bge-small-zh-v1.5 (Xiao et al. 2023): Chinese; the first position. */
    BGE_SMALL_ZH("bge-small-zh-v1.5-q", 512, 512, Pooling.FIRST);

    /** How the numbers of the positions become those of the sentence. */
    enum Pooling {
        MEAN,
        FIRST
    }

    private final String id;
    private final int dimensions;
    private final int window;
    private final Pooling pooling;

    PretrainedEncoder(String id, int dimensions, int window, Pooling pooling) {
        this.id = id;
        this.dimensions = dimensions;
        this.window = window;
        this.pooling = pooling;
    }

    /** As recipes and model manifests name it; also the name of its files on the class path. */
    public String id() {
        return id;
    }

    /** Length of an embedding. */
    public int dimensions() {
        return dimensions;
    }

    /** The longest caption in word pieces, markers included. */
    int window() {
        return window;
    }

    Pooling pooling() {
        return pooling;
    }

    /** @throws IllegalArgumentException naming those there are, if there is none of that id */
    public static PretrainedEncoder of(String id) {
        return Arrays.stream(values())
                .filter(encoder -> encoder.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no text encoder '" + id + "', only "
                        + Arrays.stream(values()).map(PretrainedEncoder::id).collect(Collectors.joining(", "))));
    }

    /**
     * Loads it.
     *
     * @param cache a folder for the model's files, which are copied out of their jar once
     * @param parallelism how many captions may be encoded at the same time, each on a thread of the caller's
     */
    public TextEncoder load(Path cache, int parallelism) {
        return OnnxTextEncoder.load(this, cache, parallelism);
    }
}
