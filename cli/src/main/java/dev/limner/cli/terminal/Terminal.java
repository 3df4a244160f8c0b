package dev.limner.cli.terminal;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What may be done on this process's terminal.
 *
 * @param live whether lines on standard error may be overwritten: it is a terminal that can do more than print
 * @param colours whether text may have colours: both streams are such terminals and {@code NO_COLOR} is not set
 */
public record Terminal(boolean live, boolean colours) {
    /** This process's, as its launcher found it: a JVM cannot tell one stream from the other. */
    public static Terminal current() {
        return of(System::getProperty, System::getenv);
    }

    static Terminal of(UnaryOperator<@Nullable String> properties, UnaryOperator<@Nullable String> environment) {
        String kind = environment.apply("TERM");
        boolean capable = kind != null && !kind.isEmpty() && !kind.equals("dumb");
        boolean error = is(properties.apply("limner.terminal"));
        boolean output = is(properties.apply("limner.terminal.out"));
        String refused = environment.apply("NO_COLOR");
        return new Terminal(error && capable, error && output && capable && (refused == null || refused.isEmpty()));
    }

    private static boolean is(@Nullable String property) {
        return Boolean.parseBoolean(property);
    }
}
