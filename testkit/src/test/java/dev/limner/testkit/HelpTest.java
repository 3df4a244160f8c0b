package dev.limner.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.cli.Limner;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The help of every command, those of the test kit and those beside them, has one form. */
class HelpTest {
    /** How a command's help may begin; a new verb is welcome here, in this mood. */
    private static final Set<String> IMPERATIVES = Set.of(
            "Announce",
            "Break",
            "Bring",
            "Cancel",
            "Check",
            "Compare",
            "End",
            "Follow",
            "Go",
            "Have",
            "Import",
            "Kill",
            "List",
            "Look",
            "Make",
            "Measure",
            "Print",
            "Read",
            "Remove",
            "Run",
            "Say",
            "Send",
            "Show",
            "Start",
            "Tell",
            "Train",
            "Fine-tune");

    private static final int LONGEST_WORD = 40;

    @BeforeAll
    static void nameTheProjectsFolder() {
        // Commands look for the shipped files when they are made.
        System.setProperty("limner.home", "..");
    }

    @Test
    void shouldListTheExitCodesOfEveryCommand() {
        assertThat(commands()).isNotEmpty().allSatisfy(command -> {
            UsageMessageSpec usage = usage(command);
            assertThat(usage.exitCodeList()).containsKeys("1", "2");
            assertThat(usage.exitCodeList().get("2")).startsWith("misuse");
            assertThat(command.getUsageMessage()).containsOnlyOnce("Exit codes:");
            // In the list alone, not in prose.
            assertThat(usage.description())
                    .noneMatch(text -> text.toLowerCase(Locale.ROOT).contains("exit code"));
        });
    }

    @Test
    void shouldBeginWithWhatTheCommandDoes() {
        assertThat(commands().filter(command -> command.getParent() != null)).allSatisfy(command -> {
            String[] description = usage(command).description();
            assertThat(description).as(name(command)).isNotEmpty();
            assertThat(IMPERATIVES).as(name(command)).contains(description[0].split(" ", 2)[0]);
        });
    }

    @Test
    void shouldBreakLinesBetweenWordsOnly() {
        assertThat(commands()).allSatisfy(command -> {
            String help = command.getUsageMessage();
            Stream<String> texts = Stream.concat(
                    Arrays.stream(usage(command).description()),
                    shown(command).flatMap(argument -> Arrays.stream(argument.description())));
            assertThat(texts.flatMap(text -> Arrays.stream(text.split(" ")))
                            .filter(word ->
                                    word.length() <= LONGEST_WORD && !word.contains("$") && !word.contains("%")))
                    .as(name(command))
                    .allSatisfy(word -> assertThat(help).contains(word));
        });
    }

    @Test
    void shouldLabelAndDescribeEveryArgument() {
        assertThat(commands()
                        .flatMap(command -> shown(command)
                                .filter(argument -> argument.description().length == 0
                                        || argument.description()[0].isBlank()
                                        || argument.description()[0].startsWith("Default:")
                                        || (argument.arity().max() > 0
                                                && argument.paramLabel().startsWith("<")))
                                .map(argument -> name(command) + " " + label(argument))))
                .isEmpty();
    }

    /** As an error that lists them writes them. */
    @Test
    void shouldOfferChoicesInSmallLetters() {
        assertThat(commands())
                .allSatisfy(command -> assertThat(
                                shown(command).filter(argument -> argument.auxiliaryTypes()[0].isEnum()))
                        .allSatisfy(argument -> {
                            String written = argument.description()[0] + argument.defaultValue();
                            assertThat(written).as(label(argument)).doesNotContain("COMPLETION-CANDIDATES");
                            for (Object choice : argument.auxiliaryTypes()[0].getEnumConstants()) {
                                assertThat(written).as(label(argument)).doesNotContain(choice.toString());
                                assertThat(argument.description()[0])
                                        .as(label(argument))
                                        .contains(choice.toString().toLowerCase(Locale.ROOT));
                            }
                        }));
    }

    private static Stream<CommandLine> commands() {
        return below(Limner.commandLine());
    }

    /** Without picocli's own, which speak as they like, and without hidden ones. */
    private static Stream<CommandLine> below(CommandLine command) {
        Object user = command.getCommandSpec().userObject();
        return user.getClass().getPackageName().startsWith("picocli")
                        || usage(command).hidden()
                ? Stream.empty()
                : Stream.concat(
                        Stream.of(command),
                        command.getSubcommands().values().stream().flatMap(HelpTest::below));
    }

    private static Stream<ArgSpec> shown(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        return spec.args().stream().filter(argument -> !argument.hidden());
    }

    private static UsageMessageSpec usage(CommandLine command) {
        return command.getCommandSpec().usageMessage();
    }

    private static String name(CommandLine command) {
        return command.getCommandSpec().qualifiedName();
    }

    private static String label(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    }
}
