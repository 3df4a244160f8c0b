package dev.limner.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limner.protocol.Decoded;
import dev.limner.protocol.JobCodec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The arithmetic of the benchmarks; what they measure is not for tests. */
class BenchTest {
    @TempDir
    Path folder;

    @Test
    void shouldMixInNothingThatIsAJob() {
        BadInput bad = new BadInput(1);
        for (int i = 0; i < 1000; i++) {
            assertThat(JobCodec.decode(bad.next(), "t-0-" + i)).isInstanceOf(Decoded.Poison.class);
        }
    }

    @Test
    void shouldTakePercentilesByNearestRank() {
        double[] millis = new double[200];
        for (int i = 0; i < millis.length; i++) {
            millis[i] = millis.length - i;
        }
        assertThat(Percentiles.of(millis)).isEqualTo(new Percentiles(200, 100, 190, 198, 200));
        assertThat(Percentiles.of(new double[] {7})).isEqualTo(new Percentiles(1, 7, 7, 7, 7));
    }

    @Test
    void shouldFitTheSlopeAfterTheWarmUpOnlyAndDrawTheCurve() throws Exception {
        SoakCurve curve = new SoakCurve();
        for (int i = 0; i <= 60; i++) {
            double minutes = i / 2.0;
            double rss = minutes < 5 ? 100 * minutes : 500 + 0.25 * minutes + (i % 2 == 0 ? 1 : -1);
            curve.add(new SoakCurve.Sample(minutes, rss, 50 + i % 2, i));
        }

        assertThat(curve.rssSlope(5)).isCloseTo(0.25, within(0.02));
        assertThat(curve.fileSlope(5)).isCloseTo(0, within(0.01));
        curve.write(folder);
        assertThat(ImageIO.read(folder.resolve("soak.png").toFile()).getWidth()).isEqualTo(1000);
        assertThat(Files.readAllLines(folder.resolve("soak.csv")))
                .hasSize(62)
                .startsWith("minutes,rss_mib,open_files,images");
    }

    @Test
    void shouldCountOnlyWhatWasSpentSince() {
        ThreadTimes before = new ThreadTimes(Map.of("device", 2.0, "gone", 1.0));
        ThreadTimes after = new ThreadTimes(Map.of("device", 5.0, "text", 0.5));

        assertThat(after.since(before)).containsOnly(Map.entry("device", 3.0), Map.entry("text", 0.5));
    }
}
