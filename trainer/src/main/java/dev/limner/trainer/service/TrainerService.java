package dev.limner.trainer.service;

import dev.limner.generator.bundle.BundleException;
import dev.limner.protocol.process.FatalErrors;
import dev.limner.protocol.process.FolderLock;
import dev.limner.protocol.process.ParentWatch;
import dev.limner.protocol.text.NativeEncoding;
import dev.limner.trainer.fault.KillPoint;
import dev.limner.trainer.fault.TrainerFaultPoints;
import dev.limner.training.feedback.FeedbackRecord;
import io.quarkus.runtime.PreventFurtherStepsException;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The trainer's life inside Quarkus. */
@ApplicationScoped
public class TrainerService {
    private static final Logger LOG = LoggerFactory.getLogger(TrainerService.class);
    private static final int AFTER_CHANNELS = 1000;
    private static final Duration SEEK_WITHIN = Duration.ofSeconds(30);

    private final TrainerConfig config;
    private final DeadLetterChannel letters;
    private final KafkaClientService kafka;
    private final FatalErrors errors;
    private volatile TrainerFaultPoints faults = TrainerFaultPoints.NONE;
    private volatile @Nullable LearningRuntime runtime;
    private @Nullable FolderLock state;

    @Inject
    TrainerService(TrainerConfig config, DeadLetterChannel letters, KafkaClientService kafka) {
        this(config, letters, kafka, new FatalErrors("trainer"));
    }

    /** @param errors ends the process */
    TrainerService(TrainerConfig config, DeadLetterChannel letters, KafkaClientService kafka, FatalErrors errors) {
        this.config = config;
        this.letters = letters;
        this.kafka = kafka;
        this.errors = errors;
    }

    /**
     * Before the channels: feedback is only polled when there is somebody to take it.
     *
     * @throws PreventFurtherStepsException if it cannot: Quarkus opens no channel then and ends, and prints no trace
     */
    void start(@Observes @Priority(1) StartupEvent event) {
        errors.watchProcess();
        try {
            begin();
        } catch (IllegalArgumentException | IllegalStateException | UncheckedIOException | BundleException e) {
            LOG.atError().addKeyValue("error", e.getMessage()).log("the trainer cannot start");
            LOG.atDebug().setCause(e).log("stack trace of the failure to start");
            Quarkus.asyncExit(1);
            throw new PreventFurtherStepsException();
        }
    }

    private void begin() {
        ParentWatch.start();
        NativeEncoding.complaint().ifPresent(LOG::warn);
        TrainerFaultPoints points = TrainerFaultPoints.ofProcess();
        faults = points;
        // The database would let a second trainer in, and each would learn from half of what it says it learned from.
        state = FolderLock.exclusive(config.state(), "limner trainer");
        LearningRuntime started = new LearningRuntime(config, letters, points, errors);
        runtime = started;
        LOG.atInfo().addKeyValue("model", started.model()).log("trainer started");
    }

    /** What runs; empty while it starts and after it has stopped. */
    Optional<LearningRuntime> runtime() {
        return Optional.ofNullable(runtime);
    }

    /**
     * Ends the process: messaging and scheduler keep to themselves what their threads meet, and the trainer would seem to
     * live.
     *
     * @return the error, for whoever cannot continue
     */
    Error fatal(Error error) {
        errors.uncaughtException(Thread.currentThread(), error);
        return error;
    }

    /** Takes records of the feedback topic; when this returns they are durable. */
    void take(List<FeedbackRecord> records) {
        LearningRuntime running = runtime().orElseThrow(() -> new IllegalStateException("the trainer is not running"));
        faults.reached(KillPoint.INTAKE_READ);
        running.take(records);
        faults.reached(KillPoint.INTAKE_AFTER_COMMIT);
    }

    @Scheduled(every = "{limner.trainer.canary.look}", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void look() {
        runtime().ifPresent(running -> {
            try {
                if (!running.leads()) {
                    return;
                }
                running.watch().look().ifPresent(running.rounds()::consider);
            } catch (RuntimeException e) {
                LOG.atWarn().addKeyValue("error", e.toString()).log("the models topic could not be looked at");
            } catch (Error e) {
                throw fatal(e);
            }
        });
    }

    /** A topic that is created again does not always move the consumer: it may continue at the old offset, or pass it by. */
    @Scheduled(every = "10s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void checkSource() {
        try {
            runtime()
                    .filter(running -> running.source().isAnother())
                    .ifPresent(running -> kafka.<byte[], byte[]>getConsumer("feedback")
                            .runOnPollingThread(consumer -> {
                                consumer.seekToBeginning(consumer.assignment());
                            })
                            .await()
                            .atMost(SEEK_WITHIN));
        } catch (Error e) {
            throw fatal(e);
        }
    }

    /** When the channels have ended, which they do earlier on the same event. */
    void stop(@Observes @Priority(AFTER_CHANNELS) @BeforeDestroyed(ApplicationScoped.class) Object event) {
        LearningRuntime running = runtime;
        runtime = null;
        if (running != null) {
            running.close();
        }
        if (state != null) {
            state.close();
        }
    }
}
