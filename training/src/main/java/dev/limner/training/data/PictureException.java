package dev.limner.training.data;

import java.io.IOException;

/** A picture that cannot be used, and which kind of fault that is. */
final class PictureException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Skipped.Reason reason;

    PictureException(Skipped.Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    static PictureException cutOff(String what) {
        return new PictureException(Skipped.Reason.UNREADABLE, "the picture is cut off: " + what);
    }

    static PictureException damaged(String what) {
        return new PictureException(Skipped.Reason.UNREADABLE, "the picture is damaged: " + what);
    }

    /** Why a picture is left out, whoever found out. */
    static Skipped.Reason reason(IOException failure) {
        return failure instanceof PictureException known ? known.reason : Skipped.Reason.UNREADABLE;
    }
}
