package dev.limner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.cli.JobOptions.Written;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.ImageFormat;
import dev.limner.protocol.ImageSize;
import dev.limner.protocol.Job;
import dev.limner.protocol.JobGroup;
import dev.limner.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class JobOptionsTest {
    @Test
    void shouldTakeCaptionsAndJobsAsTheyCome() {
        JobOptions options = parsed("--count", "3", "--format", "jpeg");

        List<Job> jobs =
                options.jobs(file("red apple\n\n{\"id\":\"mine\",\"caption\":\"pear\",\"count\":1}\n"), "run", null);

        assertThat(jobs).extracting(Job::id).containsExactly("run-1", "mine");
        assertThat(jobs).extracting(Job::count).containsExactly(3, 1);
        assertThat(jobs).extracting(Job::format).containsOnly(ImageFormat.JPEG);
    }

    @Test
    void shouldGiveEveryJobOfAGroupItsSize() {
        List<Job> jobs = parsed().jobs(Written.arguments(List.of("a", "b")), "run", "g");

        assertThat(jobs).extracting(Job::group).containsOnly(new JobGroup("g", 2));
    }

    @Test
    void shouldCheckEveryLineBeforeAnythingIsSent() {
        assertRefused(
                Written.arguments(List.of("fine", "{\"caption\":\"x\",\"count\":65}")),
                "job 2: count is '65', must be from 1 to 64");
        assertRefused(
                file("\n{\"id\":\"j\",\"caption\":\"a\"}\n\n{\"id\":\"j\",\"caption\":\"b\"}"),
                "a.txt line 4: id 'j' is given twice");
        assertRefused(file("red\n{\"caption\":"), "a.txt line 2: malformed JSON: Unexpected end-of-input");
        assertRefused(file("\n\nred\n\u0007"), "a.txt line 4: caption is");
        assertRefused(Written.arguments(List.of("red", "")), "job 2: caption is '', must have a visible character");
    }

    @Test
    void shouldGiveLabelAndControlsToJobsThatHaveNoneOfTheirOwn() {
        JobOptions options = parsed("--label", "boot", "--control", "slant=0.5", "--control", "style=bold");

        List<Job> jobs = options.jobs(
                Written.arguments(List.of("a", "{\"label\":\"bag\"}", "{\"controls\":{\"slant\":1}}")), "run", null);

        assertThat(jobs).extracting(Job::label).containsExactly("boot", "bag", "boot");
        assertThat(jobs)
                .extracting(job -> job.controls().toString())
                .containsExactly("{slant=0.5, style=\"bold\"}", "{slant=0.5, style=\"bold\"}", "{slant=1}");
        assertThat(options.sayWhatToGenerate()).isTrue();
        assertThat(parsed().sayWhatToGenerate()).isFalse();
    }

    @Test
    void shouldSayHowACaptionOfBracesIsWritten() {
        assertThatThrownBy(() -> parsed().jobs(Written.arguments(List.of("{brace}")), "run", null))
                .hasMessageStartingWith("job 1: malformed JSON in column 2")
                .hasMessageEndingWith("a caption that begins with { or [ has a backslash before it, as in \\{curly}");
    }

    @Test
    void shouldSpeakOfBracesOnlyWhereTheyMayBeACaption() {
        assertThatThrownBy(() -> parsed().jobs(file("{\"caption\":\"a\",\"caption\":\"b\"}"), "run", null))
                .hasMessageNotContaining("backslash");
        assertThatThrownBy(() -> parsed().jobs(file("{\"caption\":\"a\""), "run", null))
                .hasMessageNotContaining("backslash");
    }

    @Test
    void shouldNameAFieldThatNobodyReadsOnce() {
        assertThat(JobOptions.unread(file("""
                        red
                        {"caption": "a", "sed": 7, "context": {"sed": 8}}
                        {"caption": "b", "sed": 9, "size": {"width": 64, "height": 64, "depth": 1}}
                        """)))
                .hasSize(2)
                .satisfiesExactly(
                        line -> assertThat(line)
                                .startsWith("a.txt line 2: a job has no field 'sed', it is ignored; there are ")
                                .contains("caption, ", "seed, "),
                        line -> assertThat(line).startsWith("a.txt line 3: a job has no field 'size.depth'"));
        assertThat(JobOptions.unread(file("red\n{\"caption\": \"a\"}"))).isEmpty();
    }

    @Test
    void shouldGenerateNothingThatNobodyWrote() {
        assertRefused(
                file("{\"caption\":\"a\"} {\"caption\":\"b\"}"), "a.txt line 1: something follows the JSON object");
        assertRefused(
                file("{\"caption\":\"a\",\"caption\":\"b\"}"),
                "a.txt line 1: malformed JSON in column 25: Duplicate field");
        assertRefused(file("{\"caption\":\"a\"}\n]\n"), "a.txt line 2: ']' is a piece of a JSON document");
        assertRefused(file("[[\"a\"]]"), "a.txt line 1: [\"a\"] is neither a job nor a caption");
        assertRefused(file("K\uFFFDse"), "a.txt line 1: caption is 'K\uFFFDse', must not hold U+FFFD");
    }

    @Test
    void shouldReadWhatOtherProgramsWrite() {
        for (String text : List.of(
                "\uFEFF{\"caption\":\"a\"}\n\uFEFFb",
                "[{\"caption\":\"a\"},\"b\"]",
                "{\n  \"caption\": \"a\"\n}\nb\n",
                "[\n  {\n    \"caption\": \"a\"\n  },\n  {\"caption\": \"b\"}\n]\n")) {
            assertThat(parsed().jobs(file(text), "run", null))
                    .extracting(Job::caption)
                    .containsExactly("a", "b");
        }
    }

    @Test
    void shouldSendACaptionThatBeginsWithABrace() {
        assertThat(parsed().jobs(file("\\{curly}\n\\[\"a\"]\n\\\\{\n\\o/"), "run", null))
                .extracting(Job::caption)
                .containsExactly("{curly}", "[\"a\"]", "\\{", "\\o/");
        assertThat(parsed().jobs(Written.arguments(List.of("\\{curly}")), "run", null))
                .extracting(Job::caption)
                .containsExactly("{curly}");
    }

    @Test
    void shouldReadASize() {
        assertThat(parsed("--size", "64x32").jobs(file("a"), "run", null).get(0).size())
                .isEqualTo(new ImageSize(64, 32));
        assertThatThrownBy(() -> parsed("--size", "64").jobs(file("a"), "run", null))
                .hasMessage("--size is '64', must be as in 64x64");
    }

    @Test
    void shouldKnowTheLanes() {
        assertThat(parsed().lane()).isEqualTo(Topics.Lane.STANDARD);
        assertThat(parsed("--lane", "bulk").lane()).isEqualTo(Topics.Lane.BULK);
        assertThatThrownBy(() -> parsed("--lane", "fast").lane())
                .hasMessage("--lane is 'fast', must be interactive, standard or bulk");
    }

    private static void assertRefused(List<Written> written, String message) {
        assertThatThrownBy(() -> parsed().jobs(written, "run", null))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith(message)
                .hasMessageNotContaining("REDACTED");
    }

    private static List<Written> file(String text) {
        return Written.file(text.getBytes(StandardCharsets.UTF_8), "a.txt");
    }

    private static JobOptions parsed(String... arguments) {
        JobOptions options = new JobOptions();
        new CommandLine(CommandLine.Model.CommandSpec.forAnnotatedObject(options)).parseArgs(arguments);
        return options;
    }
}
