package dev.limner.launcher;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Why a service ended, out of its log and without what only its developers want to see: times, threads, traces. */
final class FailureReason {
    private static final Pattern ERROR =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\d [\\d:,.]+ (?:ERROR|FATAL) +\\[[^]]*] \\([^)]*\\) (.*)");
    private static final Pattern SAID = Pattern.compile("error=(.*) the \\w+ cannot start");
    private static final Pattern CAUSE = Pattern.compile("Caused by: (.*)");
    private static final Pattern CLASS = Pattern.compile("(?:[a-z]\\w*\\.)+[A-Z][\\w.$]*: (.+)");
    private static final Pattern UNKNOWN_SETTING =
            Pattern.compile("\\s*SRCFG00050: (\\S+) in .* does not map to any.*");
    private static final Pattern BAD_SETTING = Pattern.compile(
            "\\s*(?:\\S+: )?SRCFG00039: The config property (\\S+) with the config value \"(.*)\" threw an Exception"
                    + " whilst being converted (.*)");
    private static final Pattern CODE = Pattern.compile("SRCFG\\d+: ");

    private FailureReason() {}

    /** The last one, in one line. */
    static String lastOf(List<String> lines) {
        for (int i = lines.size() - 1; i >= 0; i--) {
            String line = lines.get(i);
            Optional<String> setting = setting(line);
            if (setting.isPresent()) {
                return setting.get();
            }
            Matcher error = ERROR.matcher(line);
            if (error.matches()) {
                return cause(lines.subList(i + 1, lines.size())).orElseGet(() -> text(error.group(1)));
            }
        }
        // Not a log line: the JVM or its launcher.
        for (String line : lines.reversed()) {
            if (!line.strip().startsWith("at ") && (line.contains("Exception") || line.contains("rror"))) {
                return line.strip();
            }
        }
        return lines.isEmpty() ? "no output" : lines.getLast().strip();
    }

    private static Optional<String> setting(String line) {
        Matcher unknown = UNKNOWN_SETTING.matcher(line);
        if (unknown.matches()) {
            return Optional.of(unknown.group(1) + " is no setting");
        }
        Matcher bad = BAD_SETTING.matcher(line);
        return bad.matches()
                ? Optional.of(bad.group(1) + " is '" + bad.group(2) + "': "
                        + bare(CODE.matcher(bad.group(3)).replaceAll("")))
                : Optional.empty();
    }

    /** What began it: the first cause that says something of its own, not the innermost call of a library. */
    private static Optional<String> cause(List<String> trace) {
        return trace.stream()
                .map(CAUSE::matcher)
                .filter(Matcher::matches)
                .map(matcher -> bare(matcher.group(1)))
                .findFirst();
    }

    private static String text(String logged) {
        Matcher said = SAID.matcher(logged);
        return said.matches() ? said.group(1) : logged;
    }

    private static String bare(String thrown) {
        Matcher named = CLASS.matcher(thrown);
        return named.matches() ? named.group(1) : thrown;
    }
}
