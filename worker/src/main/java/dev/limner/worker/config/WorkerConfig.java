package dev.limner.worker.config;

import dev.limner.worker.store.FileStore;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The worker's settings, {@code limner.worker.*}; each can also be given as an environment variable, {@code
 * LIMNER_WORKER_BATCH_MAX_SIZE}.
 */
@ConfigMapping(prefix = "limner.worker")
public interface WorkerConfig {
    /** Unlike any other live worker's; without one, the host's name and the process id. */
    Optional<String> name();

    /** Kafka's bootstrap servers. */
    @WithDefault("localhost:9092")
    String bootstrap();

    /** What the topics' names start with. */
    @WithDefault("limner")
    String topicPrefix();

    /** The consumer group of the fleet. */
    @WithDefault("limner-workers")
    String group();

    /** {@code consumer} (KIP-848) or {@code classic}, for brokers before 4.0. */
    @WithDefault("consumer")
    String groupProtocol();

    /** Folder of the model bundle. */
    @WithDefault("models/default")
    Path model();

    /** {@code auto}, {@code cpu} or {@code cuda:N}. */
    @WithDefault("auto")
    String device();

    /** Threads of libtorch inside one operation; 0 for the machine's cores. */
    @WithDefault("1")
    int threads();

    /**
     * Micro-batches drawn side by side; 0 for one on a GPU and, on a CPU, as many as the cores have room for. Several
     * of one thread each use a CPU better than one of several threads, which wait for each other in every operation.
     */
    @WithDefault("0")
    int streams();

    /** What draws. */
    @WithDefault("model")
    Generator generator();

    /** {@link #generator()}'s choices. */
    enum Generator {
        /** The model bundle. */
        MODEL,
        /** One plain colour a picture, no model and no text encoder: to measure or try everything else. */
        CONSTANT
    }

    /** Folder for native libraries and the text encoder's files. */
    @WithDefault(".limner/cache")
    Path cache();

    /** Whether picture files carry their captions. */
    @WithDefault("true")
    boolean writeCaptions();

    /** How long outcomes are gathered for one transaction, while others are on their way. */
    @WithDefault("100ms")
    Duration commitInterval();

    /** How long a stopping worker may take to finish what is on the device. */
    @WithDefault("20s")
    Duration stopWithin();

    Batch batch();

    Intake intake();

    Store store();

    Text text();

    /** {@code limner.worker.batch.*}. */
    interface Batch {
        /** Most pictures in a micro-batch. */
        @WithDefault("32")
        int maxSize();

        /** How long the oldest job waits for company. */
        @WithDefault("5ms")
        Duration linger();

        /**
         * The sizes that the device computes; a micro-batch is cut and padded to them. Without a setting 4, 8 and
         * 16 on a CPU, whose caches hold no more; 8, 16 and 32 on a GPU.
         */
        Optional<List<Integer>> sizes();
    }

    /** {@code limner.worker.intake.*}. */
    interface Intake {
        /** Jobs of one lane that may wait in memory. */
        @WithDefault("256")
        int buffer();
    }

    /** {@code limner.worker.store.*}. */
    interface Store {
        /** Folder of the pictures. */
        @WithDefault(".limner/store")
        Path path();

        /** {@code fsync} survives a loss of power, {@code os} a kill of the process only. */
        @WithDefault("fsync")
        FileStore.Durability durability();
    }

    /** {@code limner.worker.text.*}. */
    interface Text {
        /** Captions whose embeddings are kept. */
        @WithDefault("10000")
        int cache();
    }
}
