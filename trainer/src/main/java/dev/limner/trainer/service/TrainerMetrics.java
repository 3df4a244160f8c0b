package dev.limner.trainer.service;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.function.ToDoubleFunction;

/** What the trainer shows of itself, each with a sentence that says what it is and in which unit; read when somebody looks. */
@ApplicationScoped
public class TrainerMetrics {
    private final TrainerService service;
    private final MeterRegistry registry;

    TrainerMetrics(TrainerService service, MeterRegistry registry) {
        this.service = service;
        this.registry = registry;
    }

    void start(@Observes StartupEvent event) {
        gauge(
                "limner.trainer.feedback.entries",
                "Feedback records in the replay buffer. Unit: records.",
                running -> running.replay().countAfter(0));
        gauge(
                "limner.trainer.feedback.unlearned",
                "Feedback records that no round has learned from. Unit: records.",
                running -> running.replay().countAfter(running.replay().rounds().learnedUpTo()));
        gauge(
                "limner.trainer.feedback.refused",
                "Feedback records that were refused and have a dead letter. Unit: records.",
                running -> running.replay().refusals().values().stream()
                        .mapToLong(Long::longValue)
                        .sum());
        gauge(
                "limner.trainer.round.steps",
                "How far the round under way has tuned; what the last one reached where none is. Unit: steps.",
                running -> running.rounds().step());
        gauge(
                "limner.trainer.round.active",
                "Whether a round is under way. Unit: 1 for yes, 0 for no.",
                running -> running.rounds().stage().equals("idle") ? 0 : 1);
    }

    private void gauge(String name, String help, ToDoubleFunction<LearningRuntime> value) {
        Gauge.builder(name, () -> service.runtime().map(value::applyAsDouble).orElse(Double.NaN))
                .description(help)
                .register(registry);
    }
}
