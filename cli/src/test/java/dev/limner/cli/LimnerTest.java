package dev.limner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.launcher.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What holds for every command, those that are added later included. */
class LimnerTest {
    private static final String HOSTILE = "\u001b[2J\u202eevil\u009b31m";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** A command that does not ask what it prints. */
    @Command(name = "careless")
    static final class Careless implements Runnable {
        @Parameters
        boolean fails;

        @Spec
        CommandSpec spec;

        @Override
        public void run() {
            if (fails) {
                throw new UsageException("bad\n" + HOSTILE);
            }
            spec.commandLine().getOut().println(HOSTILE);
            spec.commandLine().getErr().println(HOSTILE);
        }
    }

    @Test
    void shouldSayInOneLineThatADeviceIsFull() {
        IOException full =
                new FileSystemException("out/checkpoint/step-3.safetensors", null, "No space left on device");
        assertThat(Limner.explain(new UncheckedIOException("the checkpoint cannot be written to out/checkpoint", full)))
                .isEqualTo("the checkpoint cannot be written to out/checkpoint: no space left on the device;"
                        + " free some, then run the same command again");
        assertThat(Limner.explain(
                        new IllegalStateException("no space left in .limner (0 of 9 MiB free): free some", full)))
                .isEqualTo("no space left in .limner (0 of 9 MiB free): free some");
    }

    @Test
    void shouldGiveTheCauseOfOtherFaultsOfFiles() {
        assertThat(Limner.explain(
                        new UncheckedIOException("the captions a cannot be read", new IOException("no such file"))))
                .isEqualTo("the captions a cannot be read: no such file");
        assertThat(Limner.explain(new IllegalStateException())).isEqualTo("IllegalStateException");
        assertThat(Limner.explain(
                        new UncheckedIOException("the captions a cannot be read", new NoSuchFileException("a"))))
                .isEqualTo("the captions a cannot be read: there is no such file");
        assertThat(Limner.explain(new UncheckedIOException(
                        "the key a cannot be read: NoSuchFileException", new NoSuchFileException("a"))))
                .isEqualTo("the key a cannot be read: NoSuchFileException");
    }

    @Test
    void shouldEscapeWhatACommandPrints() {
        assertThat(run("careless", "false")).isZero();

        assertThat(out.toString()).isEqualToIgnoringNewLines("\\u001b[2J\\u202eevil\\u009b31m\n");
        assertThat(err.toString()).isEqualToIgnoringNewLines("\\u001b[2J\\u202eevil\\u009b31m\n");
    }

    @Test
    void shouldEscapeWhatAFailureSaysAndKeepItOnOneLine() {
        assertThat(run("careless", "true")).isEqualTo(2);

        assertThat(err.toString().strip()).isEqualTo("limner: bad\\u000a\\u001b[2J\\u202eevil\\u009b31m");
    }

    @Test
    void shouldStillHelp() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("explain", "redrive");
        assertThat(run("help", "explain")).isZero();
        assertThat(out.toString()).contains("JOB_ID");
    }

    @Test
    void shouldHelpInColourWhereACommandIsMissing() {
        for (String[] arguments : List.of(new String[0], new String[] {"store"}, new String[] {"models"})) {
            assertThat(limner(CommandLine.Help.Ansi.ON).execute(arguments)).isEqualTo(2);
        }

        assertThat(err.toString()).contains("limner needs a command", "\u001b[").doesNotContain("\\u001b");
    }

    @Test
    void shouldAnswerMisuseInOneLineThatNamesArgumentAndValue() {
        assertThat(complaint("submit", "--seed", "abc", "x"))
                .isEqualTo("limner: --seed is 'abc', must be a whole number; 'limner submit --help' says more");
        assertThat(complaint("up", "--workers", "two"))
                .isEqualTo("limner: --workers is 'two', must be a whole number; 'limner up --help' says more");
        assertThat(complaint("submit", "--truncation", HOSTILE, "x"))
                .isEqualTo("limner: --truncation is '\\u001b[2J\\u202eevil\\u009b31m', must be a number;"
                        + " 'limner submit --help' says more");
        assertThat(complaint("explain")).isEqualTo("limner: JOB_ID is missing; 'limner explain --help' says more");
        assertThat(complaint("broker")).isEqualTo("limner: --data DIR is missing; 'limner broker --help' says more");
        assertThat(complaint("submit", "--lane"))
                .isEqualTo("limner: --lane needs a value: LANE; 'limner submit --help' says more");
        assertThat(complaint("explain", "a", "b"))
                .isEqualTo("limner: 'b' is one argument too many; 'limner explain --help' says more");
        assertThat(complaint("submit", "--laen", "bulk"))
                .startsWith("limner: there is no option '--laen', did you mean --lane");
        assertThat(complaint("explian"))
                .startsWith("limner: there is no command 'explian', did you mean")
                .contains("explain");
        assertThat(complaint("frobnicate"))
                .isEqualTo("limner: there is no command 'frobnicate'; 'limner --help' says more");
        assertThat(complaint("rate", "nosuch.png", "like"))
                .isEqualTo("limner: IMAGE is 'nosuch.png': neither a file, a SHA-256 nor a URI");
        assertThat(complaint("submit", "--group", "a b", "x"))
                .isEqualTo("limner: --group is 'a b', must be 1 to 100 of A-Z a-z 0-9 . _ : -");
        assertThat(complaint("up", "--set", "limner.worker.store.path=/x"))
                .isEqualTo("limner: --set limner.worker.store.path is '/x': use --store");
        assertThat(complaint("up", "--set", "limner.worker=1"))
                .isEqualTo("limner: --set limner.worker must begin with limner.worker. or limner.trainer.");
        assertThat(complaint("train", "--recipe", "r", "--data", "d", "--out", "o", "--minutes", "-1"))
                .isEqualTo("limner: --minutes is -1.0, must be above 0");
        assertThat(complaint("train", "--recipe", "r", "--data", "d", "--out", "o", "--freeze", "generator/film"))
                .isEqualTo("limner: --freeze=generator/film needs --from: of which model?");
        assertThat(complaint("train", "--data", "d", "--out", "o"))
                .isEqualTo("limner: --recipe or --from is needed: what is to be trained?");
        assertThat(complaint("models", "promote", "--canary", "2"))
                .isEqualTo("limner: --canary is 2.0, must be above 0 and at most 1");
        assertThat(complaint("up", "--set", "foo")).startsWith("limner: ").contains("--set", "KEY=VALUE", "foo");
    }

    /** Before anything is fetched. */
    @Test
    void shouldKnowWhatTheSampleDataHas() {
        assertThat(complaint("data", "import", "emoji", "--category", "Animals", "--out", "never"))
                .startsWith("limner: --category is 'Animals', must be one of Activities, Animals & Nature, ");
        assertThat(complaint("data", "import", "emoji", "--languages", "en,xx", "--out", "never"))
                .startsWith("limner: --languages has 'xx', must be of bn, da, ");
        assertThat(complaint("data", "import", "emoji", "--artwork", "me", "--out", "never"))
                .startsWith("limner: --style is 'me', must be one of noto, twemoji, openmoji, ");
        assertThat(complaint("data", "import", "emoji", "--style", "noto,twemoji"))
                .isEqualTo("limner: --out is needed: data/emoji is for all of noto");
        assertThat(complaint("data", "import", "icons", "tabbler", "--out", "never"))
                .startsWith("limner: the icon set 'tabbler' is not among those whose version is known, bi, carbon, ");
    }

    @Test
    void shouldShowOnlyOptionsThatDoSomethingAndTakeThoseOfEarlierReleases() {
        assertThat(help("judges")).contains("--judges-seed").doesNotContain("--judges=", "--grid-captions");
        assertThat(help("models", "list")).contains("--bundles", "--bootstrap").doesNotContain("--key");
        assertThat(help("models", "show"))
                .contains("--bundles")
                .doesNotContain("--key", "--bootstrap", "--topic-prefix");
        assertThat(help("models", "rebuild")).contains("--judges=").doesNotContain("--key", "--grid-captions");
        assertThat(help("models", "promote")).contains("--key", "--bundles", "--bootstrap");

        assertThat(complaint("judges", "--judges", "a", "--grid-captions", "b"))
                .startsWith("limner: --data DIR is missing");
        assertThat(complaint("models", "show", "--key", "k", "-b", "h:1", "--topic-prefix", "p"))
                .startsWith("limner: DIGEST is missing");
        assertThat(complaint("models", "list", "--key", "k", "--name"))
                .startsWith("limner: --name needs a value: NAME");
        assertThat(complaint("models", "rebuild", "--key", "k", "--grid-captions", "g", "--data", "d"))
                .startsWith("limner: DIGEST is missing");
        assertThat(complaint("eval", "--pictures", "many"))
                .startsWith("limner: --pictures is 'many', must be a whole number");
    }

    @Test
    void shouldRefuseBrokersWithoutAPort() {
        assertThat(complaint("submit", "-b", "localhost", "x"))
                .isEqualTo("limner: --bootstrap is 'localhost', must be HOST:PORT, or several with commas between");
        assertThat(ClusterOptions.checked("a:1, [::1]:9092")).isEqualTo("a:1, [::1]:9092");
    }

    @Test
    void shouldNameTheCommandThatNeedsAnother() {
        assertThat(run("data")).isEqualTo(2);

        assertThat(err.toString()).startsWith("limner data needs a command").contains("import");
    }

    @Test
    void shouldSayWholeSentencesInHelp() {
        assertThat(described(limner(CommandLine.Help.Ansi.OFF)).filter(text -> !text.endsWith(".")))
                .isEmpty();
    }

    /** The paragraphs of every command's help; lists of commands show the first alone. */
    private static Stream<String> described(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        // Those of picocli's own speak as they like.
        Stream<String> own = spec.userObject().getClass().getPackageName().startsWith("picocli")
                ? Stream.empty()
                : Stream.of(spec.usageMessage().description());
        return Stream.concat(own, command.getSubcommands().values().stream().flatMap(LimnerTest::described));
    }

    private String complaint(String... arguments) {
        err.getBuffer().setLength(0);
        assertThat(run(arguments)).isEqualTo(2);
        return err.toString().strip();
    }

    private String help(String... command) {
        out.getBuffer().setLength(0);
        assertThat(run(Stream.concat(Stream.of(command), Stream.of("--help")).toArray(String[]::new)))
                .isZero();
        return out.toString();
    }

    private int run(String... arguments) {
        return limner(CommandLine.Help.Ansi.OFF).execute(arguments);
    }

    private CommandLine limner(CommandLine.Help.Ansi ansi) {
        // Commands look for the shipped files when they are made.
        System.setProperty("limner.home", "..");
        CommandLine limner = Limner.commandLine().addSubcommand(new Careless());
        limner.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return limner.setColorScheme(CommandLine.Help.defaultColorScheme(ansi));
    }
}
