package dev.limner.training.data;

import org.jspecify.annotations.Nullable;

/**
 * What is known of an image besides its captions; each may be missing.
 *
 * @param label its class, where the data set has classes
 * @param split where the data set's makers put it; without one the subject decides (in a set of format 1 the pixels)
 * @param subject what it shows, the same for every image of one thing: all images of a subject are in one split
 * @param style how it shows it, as in {@code twemoji}
 * @param role what it is for, where a subject has several images: {@code outline}, {@code colour}
 * @param source id of the {@link DataSource} it comes from
 */
public record ImageAttributes(
        @Nullable String label,
        @Nullable Split split,
        @Nullable String subject,
        @Nullable String style,
        @Nullable String role,
        @Nullable String source) {
    /** Nothing is known. */
    public static final ImageAttributes NONE = new ImageAttributes(null, null, null, null, null, null);

    private static final int LONGEST = 200;

    /** @throws DataException naming the attribute and the value that it cannot have */
    public ImageAttributes {
        subject = name("subject", subject);
        style = name("style", style);
        role = name("role", role);
        source = name("source", source);
    }

    /** Blank counts as not given. */
    static @Nullable String name(String attribute, @Nullable String given) {
        String name = given == null ? "" : given.strip();
        if (name.isEmpty()) {
            return null;
        }
        int length = name.codePointCount(0, name.length());
        if (length > LONGEST) {
            throw new DataException(attribute + " is '" + name.substring(0, name.offsetByCodePoints(0, LONGEST))
                    + "...' of " + length + " characters, must have at most " + LONGEST);
        }
        if (name.codePoints().anyMatch(ImageAttributes::isNoText)) {
            throw new DataException(attribute + " is '" + name + "', must have no control characters");
        }
        return name;
    }

    private static boolean isNoText(int point) {
        int type = Character.getType(point);
        return type == Character.CONTROL
                || type == Character.SURROGATE
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }

    /** Of two descriptions of one image the first, where it says something. */
    ImageAttributes or(ImageAttributes others) {
        return new ImageAttributes(
                label == null ? others.label : label,
                split == null ? others.split : split,
                subject == null ? others.subject : subject,
                style == null ? others.style : style,
                role == null ? others.role : role,
                source == null ? others.source : source);
    }

    public ImageAttributes withLabel(@Nullable String other) {
        return new ImageAttributes(other, split, subject, style, role, source);
    }

    public ImageAttributes withSplit(@Nullable Split other) {
        return new ImageAttributes(label, other, subject, style, role, source);
    }

    public ImageAttributes withSubject(@Nullable String other) {
        return new ImageAttributes(label, split, other, style, role, source);
    }

    public ImageAttributes withStyle(@Nullable String other) {
        return new ImageAttributes(label, split, subject, other, role, source);
    }

    public ImageAttributes withRole(@Nullable String other) {
        return new ImageAttributes(label, split, subject, style, other, source);
    }

    public ImageAttributes withSource(@Nullable String other) {
        return new ImageAttributes(label, split, subject, style, role, other);
    }
}
