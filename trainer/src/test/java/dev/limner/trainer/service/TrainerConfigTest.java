package dev.limner.trainer.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.training.recipe.FineTuning;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.eclipse.microprofile.config.spi.Converter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainerConfigTest {
    @Test
    void shouldColourNoLogs() throws IOException {
        Properties settings = new Properties();
        try (InputStream file = getClass().getResourceAsStream("/application.properties")) {
            settings.load(file);
        }

        // Left to itself Quarkus colours them on any terminal, with NO_COLOR and TERM=dumb, too.
        assertThat(settings).containsEntry("quarkus.console.color", "false");
    }

    @Test
    void shouldHaveTheDocumentedDefaults() {
        TrainerConfig config = config(Map.of());

        assertThat(config.bootstrap()).isEqualTo("localhost:9092");
        assertThat(config.topicPrefix()).isEqualTo("limner");
        assertThat(config.group()).isEqualTo("limner-trainer");
        assertThat(config.model()).isEqualTo(Path.of("models/default"));
        assertThat(config.data()).isEqualTo(Path.of("data/emoji"));
        assertThat(config.language()).isEmpty();
        assertThat(config.judges()).isEmpty();
        assertThat(config.store()).isEqualTo(Path.of(".limner/store"));
        assertThat(config.bundles()).isEqualTo(Path.of(".limner/models"));
        assertThat(config.state()).isEqualTo(Path.of(".limner/trainer"));
        assertThat(config.examples()).isEmpty();
        assertThat(config.key()).isEmpty();
        assertThat(config.cache()).isEqualTo(Path.of(".limner/cache"));
        assertThat(config.threads()).isEqualTo(1);
        assertThat(config.share()).isEqualTo(1);
        assertThat(config.feedback().perRaterPerHour()).isEqualTo(500);
        assertThat(config.replay().most()).isEqualTo(100_000);
        assertThat(config.rounds().after()).isEqualTo(200);
        assertThat(config.rounds().every()).isEmpty();
        assertThat(config.rounds().heldOut()).isEqualTo(500);
        assertThat(config.rounds().seed()).isEqualTo(1);
        assertThat(config.canary().share()).isEqualTo(0.05);
        assertThat(config.canary().promoteAfter()).isEqualTo(Duration.ofHours(1));
        assertThat(config.canary().holdout()).isEqualTo(0.05);
        assertThat(config.canary().young()).isEqualTo(Duration.ofHours(24));
        assertThat(config.canary().look()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.tuning().toTuning()).isEqualTo(FineTuning.DEFAULT);
    }

    @Test
    void shouldTakeEveryKey() {
        TrainerConfig config = config(Map.ofEntries(
                Map.entry("limner.trainer.bootstrap", "kafka:1"),
                Map.entry("limner.trainer.topic-prefix", "p"),
                Map.entry("limner.trainer.group", "g"),
                Map.entry("limner.trainer.model", "/m"),
                Map.entry("limner.trainer.data", "/d"),
                Map.entry("limner.trainer.language", "zh"),
                Map.entry("limner.trainer.judges", "/j"),
                Map.entry("limner.trainer.store", "/s"),
                Map.entry("limner.trainer.bundles", "/b"),
                Map.entry("limner.trainer.state", "/t"),
                Map.entry("limner.trainer.examples", "/e,/f"),
                Map.entry("limner.trainer.key", "/k"),
                Map.entry("limner.trainer.cache", "/c"),
                Map.entry("limner.trainer.threads", "3"),
                Map.entry("limner.trainer.share", "0.5"),
                Map.entry("limner.trainer.feedback.per-rater-per-hour", "7"),
                Map.entry("limner.trainer.replay.most", "8"),
                Map.entry("limner.trainer.rounds.after", "9"),
                Map.entry("limner.trainer.rounds.every", "6H"),
                Map.entry("limner.trainer.rounds.held-out", "40"),
                Map.entry("limner.trainer.rounds.seed", "11"),
                Map.entry("limner.trainer.canary.share", "0.2"),
                Map.entry("limner.trainer.canary.promote-after", "2H"),
                Map.entry("limner.trainer.canary.holdout", "0.1"),
                Map.entry("limner.trainer.canary.young", "3H"),
                Map.entry("limner.trainer.canary.look", "3S"),
                Map.entry("limner.trainer.tuning.steps", "12"),
                Map.entry("limner.trainer.tuning.learning-rate", "0.001"),
                Map.entry("limner.trainer.tuning.average-decay", "0.9"),
                Map.entry("limner.trainer.tuning.replay", "13"),
                Map.entry("limner.trainer.tuning.feedback", "14"),
                Map.entry("limner.trainer.tuning.reward", "15"),
                Map.entry("limner.trainer.tuning.disagreement", "16"),
                Map.entry("limner.trainer.tuning.anchor", "17"),
                Map.entry("limner.trainer.tuning.elastic", "18"),
                Map.entry("limner.trainer.tuning.moves", "all"),
                Map.entry("limner.trainer.tuning.examples.share", "0.5"),
                Map.entry("limner.trainer.tuning.examples.passes", "19"),
                Map.entry("limner.trainer.tuning.examples.learning-rate", "0.002"),
                Map.entry("limner.trainer.tuning.examples.average-decay", "0.8"),
                Map.entry("limner.trainer.tuning.examples.moves", "modulation")));

        assertThat(config.bootstrap()).isEqualTo("kafka:1");
        assertThat(config.topicPrefix()).isEqualTo("p");
        assertThat(config.group()).isEqualTo("g");
        assertThat(config.model()).isEqualTo(Path.of("/m"));
        assertThat(config.data()).isEqualTo(Path.of("/d"));
        assertThat(config.language()).contains("zh");
        assertThat(config.judges()).contains(Path.of("/j"));
        assertThat(config.store()).isEqualTo(Path.of("/s"));
        assertThat(config.bundles()).isEqualTo(Path.of("/b"));
        assertThat(config.state()).isEqualTo(Path.of("/t"));
        assertThat(config.examples()).contains(List.of(Path.of("/e"), Path.of("/f")));
        assertThat(config.key()).contains(Path.of("/k"));
        assertThat(config.cache()).isEqualTo(Path.of("/c"));
        assertThat(config.threads()).isEqualTo(3);
        assertThat(config.feedback().perRaterPerHour()).isEqualTo(7);
        assertThat(config.replay().most()).isEqualTo(8);
        assertThat(config.canary().promoteAfter()).isEqualTo(Duration.ofHours(2));
        assertThat(config.canary().look()).isEqualTo(Duration.ofSeconds(3));
        RoundSettings settings = RoundSettings.of(config);
        assertThat(settings.state()).isEqualTo(Path.of("/t"));
        assertThat(settings.after()).isEqualTo(9);
        assertThat(settings.every()).contains(Duration.ofHours(6));
        assertThat(settings.heldOut()).isEqualTo(40);
        assertThat(settings.seed()).isEqualTo(11);
        assertThat(settings.share()).isEqualTo(0.5);
        assertThat(settings.trialShare()).isEqualTo(0.2);
        assertThat(settings.tuning())
                .isEqualTo(new FineTuning(
                        12,
                        0.001,
                        0.9,
                        13,
                        14,
                        15,
                        16,
                        17,
                        18,
                        FineTuning.Moves.ALL,
                        new FineTuning.Examples(0.5, 19, 0.002, 0.8, FineTuning.Moves.MODULATION)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            rounds.after                   | -1   | limner.trainer.rounds.after is -1, must be at least 0
            rounds.every                   | 0S   | limner.trainer.rounds.every is PT0S, must be longer than nothing
            rounds.held-out                | 3    | limner.trainer.rounds.held-out is 3, must be at least 12
            share                          | 0    | limner.trainer.share is 0.0, must be above 0 and at most 1
            canary.share                   | 1.5  | limner.trainer.canary.share is 1.5, must be from 0 to 1
            tuning.steps                   | 0    | limner.trainer.tuning.steps is 0, must be from 1 to 5000
            tuning.learning-rate           | 2    | limner.trainer.tuning.learning-rate is 2, must be from 0 to 1
            tuning.examples.share          | 1.1  | limner.trainer.tuning.examples.share is 1.1, must be from 0 to 1
            tuning.examples.average-decay  | -0.5 | limner.trainer.tuning.examples.average-decay is -0.5, must be from 0 to 1
            """)
    void shouldNameTheKeyAndTheValueBeforeTheFirstRound(String key, String value, String message) {
        TrainerConfig config = config(Map.of("limner.trainer." + key, value));

        assertThatThrownBy(() -> RoundSettings.of(config)).hasMessage(message);
    }

    @Test
    void shouldNameTheKeyOfAValueOfTheWrongKind() {
        assertThatThrownBy(() -> config(Map.of("limner.trainer.tuning.steps", "many")))
                .hasMessageContaining("limner.trainer.tuning.steps");
        assertThatThrownBy(() -> config(Map.of("limner.trainer.no-such-key", "1")))
                .hasMessageContaining("limner.trainer.no-such-key");
    }

    static TrainerConfig config(Map<String, String> values) {
        return new SmallRyeConfigBuilder()
                .withMapping(TrainerConfig.class)
                // Quarkus reads durations such as 5s; its own converter is internal to it.
                .withConverter(Duration.class, 200, (Converter<Duration>) TrainerConfigTest::duration)
                .withSources(new PropertiesConfigSource(values, "test", 500))
                .build()
                .getConfigMapping(TrainerConfig.class);
    }

    private static @Nullable Duration duration(String written) {
        return written.isEmpty() ? null : Duration.parse("PT" + written);
    }
}
