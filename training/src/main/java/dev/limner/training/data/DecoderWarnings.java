package dev.limner.training.data;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;

/** What a decoder says of an image it returns all the same. */
final class DecoderWarnings implements IIOReadWarningListener {
    /** Pixels are missing or wrong: what libjpeg and the JVM's decoders say where they fill up with grey. */
    private static final Pattern FATAL = Pattern.compile(
            "premature|truncat|unexpected end|end of file|corrupt jpeg data|inconsistent progression|bad huffman",
            Pattern.CASE_INSENSITIVE);

    /**
     * Rubbish between two parts, which cameras and editors do leave; nothing is missing. A profile that is cut off is
     * ignored, and the pixels are whole.
     */
    private static final Pattern HARMLESS = Pattern.compile("extraneous bytes before marker|\\bICC");

    private final List<String> said = new ArrayList<>();

    @Override
    public void warningOccurred(ImageReader source, String warning) {
        said.add(warning);
    }

    /** @throws ImageException if it filled up what is missing */
    void judge(List<ImageDecoder.Remarked> remarks) throws ImageException {
        for (String warning : said) {
            if (FATAL.matcher(warning).find() && !HARMLESS.matcher(warning).find()) {
                throw ImageException.damaged(warning);
            }
        }
        said.stream()
                .distinct()
                .forEach(warning -> remarks.add(new ImageDecoder.Remarked(SkippedEntries.Remark.WARNED, warning)));
    }
}
