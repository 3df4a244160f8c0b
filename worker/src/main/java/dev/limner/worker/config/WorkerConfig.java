package dev.limner.worker.config;

import dev.limner.store.file.FileStore;
import dev.limner.worker.release.ReleaseSettings;
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

    /**
     * {@code consumer} (KIP-848), or for brokers before 4.0 {@code classic}, which moves partitions one by one, or
     * {@code classic-eager}, which takes all of them from everybody first.
     */
    @WithDefault("consumer")
    String groupProtocol();

    /** Folder of the model bundle to start with; its name is the one this worker serves. */
    @WithDefault("models/default")
    Path model();

    /** {@code auto}, {@code cpu} or {@code cuda:N}. */
    @WithDefault("auto")
    String device();

    /** Threads of libtorch inside one operation; 0 for the machine's cores. */
    @WithDefault("1")
    int threads();

    /**
     * Micro-batches generated side by side; 0 for one on a GPU and, on a CPU, as many as the cores have room for. Several
     * of one thread each use a CPU better than one of several threads, which wait for each other in every operation.
     */
    @WithDefault("0")
    int streams();

    /** What generates. */
    @WithDefault("model")
    Generator generator();

    /** {@link #generator()}'s choices. */
    enum Generator {
        /** The model bundle. */
        MODEL,
        /** The job's digests as colours, no model and no text encoder: to measure or try everything else. */
        CONSTANT
    }

    /** How long the constant generator takes for a batch: a device that is simulated. */
    @WithDefault("0ms")
    Duration constantDelay();

    /**
     * How long a device may generate nothing at all until the worker ends, for a new process to find a device that works.
     */
    @WithDefault("2m")
    Duration deviceOutage();

    /**
     * Which ledgers are written; all are read. 1 is what every release with ledgers reads; 2 names the topic's whole id and
     * cannot be read by releases before this one; 0 writes offsets without ledgers, for a fleet in which workers of
     * releases before the ledger still run.
     */
    @WithDefault("1")
    int ledgerVersion();

    /** Folder for native libraries and the text encoder's files. */
    @WithDefault(".limner/cache")
    Path cache();

    /** Whether image files carry their captions. */
    @WithDefault("true")
    boolean writeCaptions();

    /** How long outcomes are gathered for one transaction, while others are on their way. */
    @WithDefault("100ms")
    Duration commitInterval();

    /** How long a partition that goes to another worker is kept for what is on its way to be finished. */
    @WithDefault("5s")
    Duration revokeWithin();

    /**
     * How long a stopping worker may take until its process is gone. Four fifths are for what is on the device and its
     * results; with brokers that do not answer, a quarter of that.
     */
    @WithDefault("20s")
    Duration stopWithin();

    Batch batch();

    Intake intake();

    Store store();

    Text text();

    Publish publish();

    Models models();

    /** {@code limner.worker.batch.*}. */
    interface Batch {
        /** Most images in a micro-batch. */
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

        /**
         * Bytes of records in memory whose answers are not committed yet, with what is generated for them; each lane has an
         * equal share and pauses when it has used it up. Without a setting an eighth of the heap.
         */
        Optional<Long> maxPendingBytes();

        /** Ids remembered of each partition, to know a job that was sent twice in a row; 0 for none. */
        @WithDefault("1000")
        int recentIds();
    }

    /** {@code limner.worker.store.*}. */
    interface Store {
        /** Folder of the images. */
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

    /** {@code limner.worker.publish.*}. */
    interface Publish {
        /** Of a result or dead letter at most; the topics' {@code max.message.bytes} must not be less. */
        @WithDefault("1000000")
        int maxBytes();

        /** How long a transaction may take until it is given up and sent again; 2 s to 2 min. */
        @WithDefault("30s")
        Duration within();
    }

    /** {@code limner.worker.models.*}: releases that the models topic announces. */
    interface Models {
        /** Whether to run what is announced; else the bundle of {@code limner.worker.model} for good. */
        @WithDefault("true")
        boolean follow();

        /** Folder of the released bundles, for jobs that name a digest. */
        @WithDefault(".limner/models")
        Path store();

        /**
         * Folder for copies of bundles while they are checked and used; several workers of one user may share it. Without a
         * setting {@code bundles} in {@link WorkerConfig#cache()}, or, where that can be read only, a new one in the
         * system's temporary folder.
         */
        Optional<Path> cache();

        /**
         * Whether a worker that starts and cannot get the live release serves {@link WorkerConfig#model()} until it can. By
         * default it waits, not ready, and takes no jobs.
         */
        @WithDefault("false")
        boolean fallback();

        /**
         * PEM file of an Ed25519 public key; with it only releases and model records that its other half has signed are
         * believed.
         */
        Optional<Path> publicKey();

        /**
         * SHA-256 digests of programs (the {@code generator.pt} of a bundle with the architecture {@code torchscript}) that this
         * worker may run. A program can do whatever the worker can; without a setting none is run.
         */
        Optional<List<String>> programs();

        /** Of a bundle at most. */
        @WithDefault("536870912")
        long maxBytes();

        /** Models kept on the device for jobs that name their digest. */
        @WithDefault("2")
        int pinned();

        /** Whether a new model is loaded while the old one is on the device; {@code never} makes jobs wait. */
        @WithDefault("auto")
        ReleaseSettings.Beside beside();
    }
}
