package dev.limner.testkit.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.limner.protocol.Decoded;
import dev.limner.protocol.JobCodec;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

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
        assertThat(LatencyPercentiles.of(millis)).isEqualTo(new LatencyPercentiles(200, 100, 190, 198, 200));
        assertThat(LatencyPercentiles.of(new double[] {7})).isEqualTo(new LatencyPercentiles(1, 7, 7, 7, 7));
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
    void shouldTakeSettingsAndPrintFiguresInEveryBenchOfWorkers() {
        for (String bench : List.of("stop", "scaling", "latency", "pipeline", "soak")) {
            StringWriter printed = new StringWriter();
            CommandLine.ParseResult parsed = new CommandLine(BenchCommand.class)
                    .setOut(new PrintWriter(printed))
                    .setCaseInsensitiveEnumValuesAllowed(true)
                    .parseArgs(bench, "--set", "a=b", "--json")
                    .subcommand();
            FleetBenchOptions options = (FleetBenchOptions) parsed.commandSpec().mixins().values().stream()
                    .map(CommandLine.Model.CommandSpec::userObject)
                    .filter(FleetBenchOptions.class::isInstance)
                    .findFirst()
                    .orElseThrow();
            assertThat(options.extra).containsOnly(Map.entry("a", "b"));

            options.end(new ObjectMapper().createObjectNode().put("x", 1));
            assertThat(printed.toString().strip()).as(bench).isEqualTo("{\"x\":1}");
        }
    }

    @Test
    void shouldWriteFiguresAndSayWhetherTheyAreAsStatedInEverySimulation() throws Exception {
        StringWriter printed = new StringWriter();
        GateCommand gate = new GateCommand();
        RollbackCommand rollback = new RollbackCommand();
        Path file = folder.resolve("figures.json");
        new CommandLine(gate).setOut(new PrintWriter(printed)).parseArgs("--seed", "7", "--json", file.toString());
        new CommandLine(rollback).setOut(new PrintWriter(printed)).parseArgs();

        assertThat(gate.options.seed).isEqualTo(7);
        assertThat(rollback.options.seed).isEqualTo(1);
        assertThat(gate.options.end(new ObjectMapper().createObjectNode().put("x", 1), true))
                .isZero();
        assertThat(rollback.options.end(new ObjectMapper().createObjectNode(), false))
                .isEqualTo(1);
        assertThat(file).content().contains("\"x\" : 1");
        assertThat(printed.toString().lines())
                .containsExactly("every rate is as stated", "not every rate is as stated");
    }

    @Test
    void shouldCountOnlyWhatWasSpentSince() {
        ThreadTimes before = new ThreadTimes(Map.of("device", 2.0, "gone", 1.0));
        ThreadTimes after = new ThreadTimes(Map.of("device", 5.0, "text", 0.5));

        assertThat(after.since(before)).containsOnly(Map.entry("device", 3.0), Map.entry("text", 0.5));
    }
}
