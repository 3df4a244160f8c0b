package dev.limner.cli.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.client.registry.ModelRegistry;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.ModelRecord;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ModelsCommandTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    @Test
    void shouldSayWhatEachReleaseIsToTheFleet() {
        ModelRecord record = ModelRecord.first("default", release('a'), "", NOON)
                .withLive(release('b'), "", NOON)
                .withLive(release('c'), "", NOON)
                .holdingOut(0.1, Duration.ofDays(1));

        assertThat(state(record, 'c')).isEqualTo("live");
        assertThat(state(record, 'b')).isEqualTo("hold-out 10%");
        assertThat(state(record, 'a')).isEqualTo("previous");
        assertThat(state(record, 'd')).isEqualTo("retired");
        assertThat(state(record.withCanary(release('d'), 0.05, "", NOON), 'd')).isEqualTo("canary 5%");
    }

    @Test
    void shouldTakeTheTrainersHoldoutUnlessToldOtherwise() {
        assertThat(ModelsCommand.holdout(null)).isEqualTo(ModelRegistry.Holdout.DEFAULT);
        assertThat(ModelsCommand.holdout(0.2))
                .isEqualTo(new ModelRegistry.Holdout(0.2, ModelRegistry.Holdout.DEFAULT.young()));
        assertThat(ModelsCommand.holdout(0.0).share()).isZero();
        assertThatThrownBy(() -> ModelsCommand.holdout(0.6))
                .isInstanceOf(UsageException.class)
                .hasMessage("--holdout is 0.6, must be from 0 to 0.5");
    }

    private static String state(ModelRecord record, char letter) {
        return ModelsCommand.state(record, release(letter).digest());
    }

    private static ModelRecord.Release release(char letter) {
        return new ModelRecord.Release(String.valueOf(letter).repeat(64), "file:///models/" + letter, null);
    }
}
