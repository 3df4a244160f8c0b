package dev.limner.generator.arithmetic;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The one fault that is known before anything is tried: with the oneDNN that libtorch 2.7.1 brings, convolutions drop
 * channels on AMD's family 26 unless both counts are multiples of 16, and the gradients change from run to run, so that
 * trying them may find nothing. libtorch 2.13 is right, and so are oneDNN's plain kernels.
 */
final class KnownFault {
    private static final String VENDOR = "AuthenticAMD";
    private static final int FAMILY = 26;
    private static final int RIGHT_MAJOR = 2;
    private static final int RIGHT_MINOR = 13;
    private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4}).*");

    private KnownFault() {}

    /** @param version of libtorch; one that cannot be read counts as an old one */
    static boolean of(Processor processor, String version, KernelSettings kernels) {
        return processor.vendor().equals(VENDOR)
                && processor.family() == FAMILY
                && !kernels.plain()
                && isBeforeTheMend(version);
    }

    private static boolean isBeforeTheMend(String version) {
        Matcher matcher = VERSION.matcher(version);
        if (!matcher.matches()) {
            return true;
        }
        int major = Integer.parseInt(matcher.group(1));
        return major == RIGHT_MAJOR ? Integer.parseInt(matcher.group(2)) < RIGHT_MINOR : major < RIGHT_MAJOR;
    }
}
