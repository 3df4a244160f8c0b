package dev.limner.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.trainer.fault.KillPoint;
import dev.limner.trainer.fault.TrainerFaultPoints;
import dev.limner.training.finetune.FineTuningRound.Outcome;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class TrainerFaultsTest {
    @Test
    void shouldBeWhatATrainerFinds() {
        assertThat(ServiceLoader.load(TrainerFaultPoints.class).stream().map(ServiceLoader.Provider::type))
                .isEqualTo(List.of(TrainerFaults.class));
    }

    @Test
    void shouldDieOnceAtThePointAndAfterAsManyPasses() {
        TrainerFaults faults = new TrainerFaults("step:2", false);

        assertThat(faults.diesAt(KillPoint.GATE)).isFalse();
        assertThat(faults.diesAt(KillPoint.STEP)).isFalse();
        assertThat(faults.diesAt(KillPoint.STEP)).isFalse();
        assertThat(faults.diesAt(KillPoint.STEP)).isTrue();
        assertThat(faults.diesAt(KillPoint.STEP)).isFalse();
        assertThat(new TrainerFaults("", false).diesAt(KillPoint.STEP)).isFalse();
    }

    @Test
    void shouldNameThePointsThereAreIfThereIsNoSuchPoint() {
        assertThatThrownBy(() -> new TrainerFaults("lunch", false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("limner.faults.trainer.kill-at is 'lunch'")
                .hasMessageContaining("intake-before-commit");
    }

    @Test
    void shouldLetPassWhatTheGateRejectsIfThatIsOrdered() {
        Outcome rejected = new Outcome.Rejected(null, List.of("worse"));

        assertThat(new TrainerFaults("", false).ended(rejected)).isSameAs(rejected);
        assertThat(new TrainerFaults("", true).ended(rejected)).isEqualTo(new Outcome.Passed(null, List.of("worse")));
    }
}
