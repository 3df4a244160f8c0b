package dev.limner.generator.condition;

/**
 * Turns captions into sentence embeddings. Implementations are safe from any thread, and one caption's embedding never
 * depends on another's.
 */
public interface TextEncoder extends AutoCloseable {
    /** The name a model's manifest holds; a model is only served with the encoder it was trained on. */
    String id();

    /** Length of an embedding. */
    int dimensions();

    /** Encodes one caption; pure, so the result may be cached. */
    CaptionEncoding encode(String caption);

    @Override
    void close();
}
