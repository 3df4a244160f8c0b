package dev.limner.training.data;

import java.io.IOException;

/** An image that cannot be used, and which kind of fault that is. */
final class ImageException extends IOException {
    private static final long serialVersionUID = 1L;

    private final SkippedEntries.Reason reason;

    ImageException(SkippedEntries.Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    static ImageException cutOff(String what) {
        return new ImageException(SkippedEntries.Reason.UNREADABLE, "the image is cut off: " + what);
    }

    static ImageException damaged(String what) {
        return new ImageException(SkippedEntries.Reason.UNREADABLE, "the image is damaged: " + what);
    }

    /** Why an image is left out, whoever found out. */
    static SkippedEntries.Reason reason(IOException failure) {
        return failure instanceof ImageException known ? known.reason : SkippedEntries.Reason.UNREADABLE;
    }
}
