package dev.limner.training.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.training.evaluate.MetricValue.Metric;
import dev.limner.training.evaluate.metric.Estimate;
import dev.limner.training.step.StepReport;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WatchingTest {
    private static final Map<Metric, Estimate> REAL = figures(0.9, 0.9, 0.2);

    @Test
    void shouldRaiseAnAlarmOnceTheDiscriminatorHasBeenAheadForLong() {
        CollapseWatch watch = new CollapseWatch(REAL);
        for (int step = 0; step < 499; step++) {
            watch.stepped(new StepReport(step, 1, 1, 0.95f, 0, 1, 1));
        }
        assertThat(watch.alarms()).isEmpty();

        watch.stepped(new StepReport(499, 1, 1, 0.95f, 0, 1, 1));
        assertThat(watch.alarms()).singleElement().asString().contains("discriminator has run away: mean sign 0.95");

        for (int step = 500; step < 1500; step++) {
            watch.stepped(new StepReport(step, 1, 1, 0.4f, 0, 1, 1));
        }
        assertThat(watch.alarms()).isEmpty();
    }

    @Test
    void shouldTellALossOfVarietyFromAPoorStart() {
        CollapseWatch watch = new CollapseWatch(REAL);

        watch.checked(100, figures(0.1, 0.1, 0.01));
        assertThat(watch.alarms()).isEmpty();

        watch.checked(200, figures(0.6, 0.6, 0.1));
        watch.checked(300, figures(0.3, 0.55, 0.1));
        assertThat(watch.alarms())
                .singleElement()
                .asString()
                .contains("step 300: coverage has fallen to 0.300 from 0.600, real images have 0.900");

        watch.checked(400, figures(0.6, 0.6, 0.02));
        assertThat(watch.alarms()).singleElement().asString().contains("diversity has fallen");
    }

    @Test
    void shouldStopOnlyAfterAsManyLooksWithoutGainAsItWasTold() {
        EarlyStopping gains = EarlyStopping.NONE.after(0, 10);
        assertThat(gains.isBest(10)).isTrue();

        gains = gains.after(0.5, 20).after(0.4, 30);
        assertThat(gains.isBest(30)).isFalse();
        assertThat(gains.bestStep()).isEqualTo(20);
        assertThat(gains.exhausted(2)).isFalse();

        gains = gains.after(0.5, 40);
        assertThat(gains.exhausted(2)).isTrue();
        assertThat(gains.exhausted(0)).isFalse();
        assertThat(gains.after(0.6, 50).exhausted(2)).isFalse();
    }

    private static Map<Metric, Estimate> figures(double coverage, double recall, double diversity) {
        return Map.of(
                Metric.COVERAGE, Estimate.exact(coverage),
                Metric.RECALL, Estimate.exact(recall),
                Metric.DIVERSITY, Estimate.exact(diversity));
    }
}
