package dev.limner.worker.model;

import dev.limner.generator.condition.TextEncoder;
import dev.limner.protocol.Result;
import dev.limner.protocol.WorkerStatus;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A model on the device with what it takes to generate images for a job. Owns the engine, not the encoder, which models share. Safe
 * from any thread.
 */
public final class LoadedModel implements AutoCloseable {
    private final BatchedGenerator engine;
    private final @Nullable TextEncoder encoder;
    private final Origin origin;
    private final LongAdder completed = new LongAdder();
    private final LongAdder failed = new LongAdder();

    /**
     * Where a model comes from.
     *
     * @param order its place in its lineage: {@link dev.limner.generator.bundle.Manifest#order()}
     * @param folder of its bundle; null for one without
     */
    public record Origin(long order, @Nullable Path folder) {
        /** Of what draws without a bundle. */
        public static final Origin NONE = new Origin(0, null);
    }

    /** @param encoder null for a model that reads no captions */
    public LoadedModel(BatchedGenerator engine, @Nullable TextEncoder encoder, Origin origin) {
        if (engine.inputs().readsCaption() != (encoder != null)) {
            throw new IllegalArgumentException("an encoder if and only if the model reads captions");
        }
        this.engine = engine;
        this.encoder = encoder;
        this.origin = origin;
    }

    public Result.Model model() {
        return engine.model();
    }

    public BatchedGenerator engine() {
        return engine;
    }

    /** Of captions; empty for a model that reads none. */
    public Optional<TextEncoder> encoder() {
        return Optional.ofNullable(encoder);
    }

    /** What it reads of a job. */
    public JobInputs inputs() {
        return engine.inputs();
    }

    public Origin origin() {
        return origin;
    }

    /** Jobs were generated. */
    public void completed(int jobs) {
        completed.add(jobs);
    }

    /** A job could not be generated. */
    public void failed() {
        failed.increment();
    }

    WorkerStatus.Loaded status(WorkerStatus.Role role) {
        return new WorkerStatus.Loaded(model().name(), model().digest(), role, completed.sum(), failed.sum());
    }

    @Override
    public void close() {
        engine.close();
    }
}
