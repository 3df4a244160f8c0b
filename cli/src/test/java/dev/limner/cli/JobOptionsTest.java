package dev.limner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.cli.terminal.UsageException;
import dev.limner.protocol.Group;
import dev.limner.protocol.ImageFormat;
import dev.limner.protocol.Job;
import dev.limner.protocol.Size;
import dev.limner.protocol.Topics;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class JobOptionsTest {
    @Test
    void shouldTakeCaptionsAndJobsAsTheyCome() {
        JobOptions options = parsed("--count", "3", "--format", "jpeg");

        List<Job> jobs = options.jobs(
                List.of("red apple", "", "{\"id\":\"mine\",\"caption\":\"pear\",\"count\":1}"), "run", null);

        assertThat(jobs).extracting(Job::id).containsExactly("run-1", "mine");
        assertThat(jobs).extracting(Job::count).containsExactly(3, 1);
        assertThat(jobs).extracting(Job::format).containsOnly(ImageFormat.JPEG);
    }

    @Test
    void shouldGiveEveryJobOfAGroupItsSize() {
        List<Job> jobs = parsed().jobs(List.of("a", "b"), "run", "g");

        assertThat(jobs).extracting(Job::group).containsOnly(new Group("g", 2));
    }

    @Test
    void shouldCheckEveryLineBeforeAnythingIsSent() {
        assertThatThrownBy(() -> parsed().jobs(List.of("fine", "{\"caption\":\"x\",\"count\":65}"), "run", null))
                .isInstanceOf(UsageException.class)
                .hasMessage("job 2: count is '65', must be from 1 to 64");
        assertThatThrownBy(() -> parsed().jobs(
                                List.of("{\"id\":\"j\",\"caption\":\"a\"}", "{\"id\":\"j\",\"caption\":\"b\"}"),
                                "run",
                                null))
                .hasMessage("job 2: id 'j' is given twice");
        assertThatThrownBy(() -> parsed().jobs(List.of("{\"caption\":"), "run", null))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("line 1 is not JSON");
    }

    @Test
    void shouldReadASize() {
        assertThat(parsed("--size", "64x32")
                        .jobs(List.of("a"), "run", null)
                        .get(0)
                        .size())
                .isEqualTo(new Size(64, 32));
        assertThatThrownBy(() -> parsed("--size", "64").jobs(List.of("a"), "run", null))
                .hasMessage("--size is '64', must be as in 64x64");
    }

    @Test
    void shouldKnowTheLanes() {
        assertThat(parsed().lane()).isEqualTo(Topics.Lane.STANDARD);
        assertThat(parsed("--lane", "bulk").lane()).isEqualTo(Topics.Lane.BULK);
        assertThatThrownBy(() -> parsed("--lane", "fast").lane())
                .hasMessage("--lane is 'fast', must be interactive, standard or bulk");
    }

    private static JobOptions parsed(String... arguments) {
        JobOptions options = new JobOptions();
        new CommandLine(CommandLine.Model.CommandSpec.forAnnotatedObject(options)).parseArgs(arguments);
        return options;
    }
}
