package dev.limner.trainer.data;

/** Told of what a reader leaves out: nothing is left out silently. */
@FunctionalInterface
public interface Skipped {
    /**
     * @param entry the picture, file or line
     * @param reason why, in few words that are the same for all of a kind
     * @param detail what exactly was wrong; may be empty
     */
    void skip(String entry, Reason reason, String detail);

    /** Why something was left out. */
    enum Reason {
        UNREADABLE("the picture cannot be read"),
        NO_PICTURE("there is no picture"),
        NO_CAPTION("there is no caption"),
        DUPLICATE("the same picture is already there"),
        MALFORMED("the description cannot be read"),
        UNKNOWN_FILE("neither a picture nor a caption file");

        private final String text;

        Reason(String text) {
            this.text = text;
        }

        /** For people. */
        public String text() {
            return text;
        }
    }
}
