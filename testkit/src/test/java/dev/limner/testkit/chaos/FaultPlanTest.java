package dev.limner.testkit.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.testkit.chaos.fault.BuildFaults;
import dev.limner.testkit.chaos.fault.Fault;
import dev.limner.testkit.chaos.fault.FaultCatalog;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class FaultPlanTest {
    @Test
    void shouldStrikeEveryPossibleKindBeforeAnyTwiceAndLongOnesOnce() {
        List<Fault> plan = FaultPlan.of(List.of(), 200, 1, 1, false);

        Map<String, Long> struck = plan.stream().collect(Collectors.groupingBy(Fault::kind, Collectors.counting()));
        assertThat(plan).hasSize(200);
        assertThat(struck.keySet())
                .isEqualTo(FaultCatalog.all().stream()
                        .filter(fault -> fault.possible(1, false))
                        .map(Fault::kind)
                        .collect(Collectors.toSet()));
        FaultCatalog.all().stream()
                .filter(fault -> fault.once() && fault.possible(1, false))
                .forEach(fault -> assertThat(struck.get(fault.kind())).isEqualTo(1));
        assertThat(plan.subList(0, struck.size()).stream().map(Fault::kind)).doesNotHaveDuplicates();
    }

    @Test
    void shouldTakeThreeBrokersAndTwoBuildsOnlyWhereTheyAre() {
        Map<String, Fault> all =
                FaultCatalog.all().stream().collect(Collectors.toMap(Fault::kind, Function.identity()));

        assertThat(all.get("partition-without-leader").possible(1, true)).isFalse();
        assertThat(all.get("partition-without-leader").possible(3, false)).isTrue();
        assertThat(all.get("mixed-builds").possible(3, false)).isFalse();
        assertThat(all.get("mixed-builds").possible(1, true)).isTrue();
        assertThatThrownBy(() -> FaultPlan.of(List.of("mixed-builds"), 1, 1, 1, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'mixed-builds' needs --previous");
        assertThatThrownBy(() -> FaultPlan.of(List.of("partition-without-leader"), 1, 1, 1, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'partition-without-leader' needs --brokers 3");
    }

    @Test
    void shouldUpgradeAFleetOfTheEarlierReleaseFirst() {
        assertThat(FaultPlan.of(List.of(), 5, 1, 1, true).get(0).kind()).isEqualTo(BuildFaults.UPGRADE);
        assertThat(FaultPlan.of(List.of("kill-worker"), 0, 1, 1, true)).isEmpty();
    }

    @Test
    void shouldEndWhenOnlyKindsThatComeOnceAreAskedFor() {
        assertThat(FaultPlan.of(List.of("long-outage"), 3, 1, 1, false)).hasSize(1);
    }

    @Test
    void shouldGiveTheSamePlanForTheSameSeed() {
        assertThat(FaultPlan.of(List.of(), 40, 7, 3, false).stream().map(Fault::kind))
                .containsExactlyElementsOf(FaultPlan.of(List.of(), 40, 7, 3, false).stream()
                        .map(Fault::kind)
                        .toList());
    }

    @Test
    void shouldKnowFaultsByTheNamesThatEarlierReleasesGaveThem() {
        assertThat(ChaosCommand.current(List.of("kill-worker", "jobs-topic-remade", "letters-topic-remade")))
                .containsExactly("kill-worker", "jobs-topic-recreated", "dead-letters-recreated")
                .allSatisfy(kind -> assertThat(FaultCatalog.named(kind).kind()).isEqualTo(kind));
    }
}
