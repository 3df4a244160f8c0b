package dev.limner.cli.terminal;

import dev.limner.protocol.text.PrintableText;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Arguments that cannot be understood are answered in one line; only who gives no command at all is shown the choice. */
public final class UsageErrorHandler implements CommandLine.IParameterExceptionHandler {
    @Override
    public int handleParseException(CommandLine.ParameterException misuse, String[] arguments) {
        CommandLine command = misuse.getCommandLine();
        PrintWriter err = command.getErr();
        String name = command.getCommandSpec().qualifiedName();
        boolean nothingGiven = misuse.getClass() == CommandLine.ParameterException.class && misuse.getArgSpec() == null;
        if (nothingGiven) {
            String message = String.valueOf(misuse.getMessage());
            String text = message.startsWith("limner") ? message : name + " needs a command";
            err.println(command.getColorScheme().errorText(PrintableText.whole(text)));
            command.usage(err, command.getColorScheme());
        } else {
            String text = "limner: " + said(misuse) + "; '" + name + " --help' says more";
            err.println(command.getColorScheme().errorText(PrintableText.whole(text)));
        }
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    private static String said(CommandLine.ParameterException misuse) {
        if (misuse instanceof CommandLine.UnmatchedArgumentException unmatched) {
            return unmatched(unmatched);
        }
        ArgSpec argument = misuse.getArgSpec();
        if (misuse instanceof CommandLine.MissingParameterException missing) {
            List<ArgSpec> required = missing.getMissing();
            boolean valueless = String.valueOf(missing.getMessage()).contains("for option");
            return valueless && required.get(0) instanceof OptionSpec option
                    ? option.longestName() + " needs a value: " + option.paramLabel()
                    : required.stream().map(UsageErrorHandler::label).collect(Collectors.joining(", "))
                            + (required.size() == 1 ? " is missing" : " are missing");
        }
        String value = misuse.getValue();
        if (argument != null && value != null && type(argument) != null) {
            String what = argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
            return what + " is '" + value + "', must be " + type(argument);
        }
        return String.valueOf(misuse.getMessage());
    }

    private static String unmatched(CommandLine.UnmatchedArgumentException unmatched) {
        CommandLine command = unmatched.getCommandLine();
        String first = unmatched.getUnmatched().get(0);
        String what = first.startsWith("-")
                ? "there is no option '" + first + "'"
                : command.getSubcommands().isEmpty()
                        ? "'" + first + "' is one argument too many"
                        : "there is no command '" + first + "'";
        List<String> near = NearNames.of(first.replaceFirst("=.*", ""), names(command, first.startsWith("-")));
        return near.isEmpty() ? what : what + ", did you mean " + String.join(" or ", near) + "?";
    }

    /** What help shows of a command: its options, or the commands below it. */
    private static List<String> names(CommandLine command, boolean options) {
        return options
                ? command.getCommandSpec().options().stream()
                        .filter(option -> !option.hidden())
                        .flatMap(option -> Arrays.stream(option.names()))
                        .toList()
                : command.getSubcommands().entrySet().stream()
                        .filter(below -> !below.getValue()
                                .getCommandSpec()
                                .usageMessage()
                                .hidden())
                        .map(Map.Entry::getKey)
                        .toList();
    }

    private static String label(ArgSpec argument) {
        return argument instanceof OptionSpec option
                ? option.longestName() + (option.arity().max() == 0 ? "" : " " + option.paramLabel())
                : argument.paramLabel();
    }

    private static @Nullable String type(ArgSpec argument) {
        Class<?> type = argument.auxiliaryTypes()[0];
        if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
            return "a whole number";
        }
        if (type == double.class || type == Double.class) {
            return "a number";
        }
        return type.isEnum()
                ? "one of "
                        + Arrays.stream(type.getEnumConstants())
                                .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))
                : null;
    }
}
