package dev.limner.generator.arithmetic;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** When channel counts are padded to multiples of 16: the system property {@value #KEY}. */
public enum ConvolutionPadding {
    /** Where the processor is known to need it or the self-test finds it does. */
    AUTO,
    /** Everywhere; for comparisons. */
    ALWAYS,
    /** Nowhere; a processor that needs it is refused by the self-test. For comparisons. */
    NEVER;

    /** The system property, or with underscores and in capitals the environment variable. */
    public static final String KEY = "limner.convolution.padding";

    /** The environment variable for those who do not start the JVM themselves. */
    public static final String VARIABLE = "LIMNER_CONVOLUTION_PADDING";

    /** What this process was started with; the property goes before the variable. */
    static ConvolutionPadding here() {
        String property = System.getProperty(KEY);
        return property != null
                ? of(KEY, property)
                : Optional.ofNullable(System.getenv(VARIABLE))
                        .map(value -> of(VARIABLE, value))
                        .orElse(AUTO);
    }

    /** @throws IllegalArgumentException if {@code value} is none of them; names {@code key} and the value */
    static ConvolutionPadding of(String key, String value) {
        return Arrays.stream(values())
                .filter(one -> one.name().equalsIgnoreCase(value.strip()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(key + " is '" + value + "', must be "
                        + Arrays.stream(values())
                                .map(one -> one.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))));
    }
}
