package dev.limner.cli.terminal;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * Help as every command prints it. Picocli breaks a line after any full stop or slash, so that a path or the name of a setting
 * ends up on two lines; here lines break between words only. And every command lists its exit codes, in one form.
 */
public final class HelpText extends Help {
    /** Inside a word, what picocli would break after, and a letter of no language used here that stands for it meanwhile. */
    private static final Map<Character, Character> GLUE =
            Map.of('.', '\u01c0', '/', '\u01c1', ':', '\u01c2', '=', '\u01c3', '@', '\u01bb');

    private HelpText(CommandSpec spec, ColorScheme scheme) {
        super(spec, scheme);
    }

    /** Gives this command and all below it such help. */
    public static CommandLine in(CommandLine top) {
        listExitCodes(top);
        return top.setHelpFactory(HelpText::new);
    }

    private static void listExitCodes(CommandLine command) {
        UsageMessageSpec usage = command.getCommandSpec().usageMessage();
        usage.exitCodeListHeading("Exit codes:%n");
        if (usage.exitCodeList().isEmpty()) {
            Map<String, String> usual = new LinkedHashMap<>();
            usual.put("0", "done");
            usual.put("1", "something failed");
            usual.put("2", "misuse");
            usage.exitCodeList(usual);
        }
        command.getSubcommands().values().forEach(HelpText::listExitCodes);
    }

    @Override
    public String description(Object... params) {
        UsageMessageSpec usage = commandSpec().usageMessage();
        String[] paragraphs =
                Arrays.stream(usage.description()).map(HelpText::glued).toArray(String[]::new);
        return restored(join(
                        colorScheme().ansi(),
                        usage.width(),
                        usage.adjustLineBreaksForWideCJKCharacters(),
                        paragraphs,
                        new StringBuilder(),
                        params)
                .toString());
    }

    @Override
    public String optionList() {
        return restored(super.optionList());
    }

    @Override
    public String parameterList() {
        return restored(super.parameterList());
    }

    @Override
    public IOptionRenderer createDefaultOptionRenderer() {
        IOptionRenderer usual = super.createDefaultOptionRenderer();
        return (option, labels, scheme) -> glued(usual.render(option, labels, scheme), scheme);
    }

    @Override
    public IParameterRenderer createDefaultParameterRenderer() {
        IParameterRenderer usual = super.createDefaultParameterRenderer();
        return (parameter, labels, scheme) -> glued(usual.render(parameter, labels, scheme), scheme);
    }

    /** The last column holds the description. */
    private static Ansi.Text[][] glued(Ansi.Text[][] rows, ColorScheme scheme) {
        for (Ansi.Text[] row : rows) {
            int last = row.length - 1;
            row[last] = scheme.text(glued(row[last].plainString()));
        }
        return rows;
    }

    private static String glued(String text) {
        StringBuilder glued = new StringBuilder(text);
        for (int i = 0; i + 1 < text.length(); i++) {
            Character letter = GLUE.get(text.charAt(i));
            if (letter != null && !Character.isWhitespace(text.charAt(i + 1))) {
                glued.setCharAt(i, letter);
            }
        }
        return glued.toString();
    }

    private static String restored(String help) {
        String restored = help;
        for (Map.Entry<Character, Character> glue : GLUE.entrySet()) {
            restored = restored.replace(glue.getValue(), glue.getKey());
        }
        return restored;
    }
}
