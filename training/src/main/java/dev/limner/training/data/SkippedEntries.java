package dev.limner.training.data;

/** Told of what a reader leaves out: nothing is left out silently. */
@FunctionalInterface
public interface SkippedEntries {
    /**
     * @param entry the image, file or line
     * @param reason why, in few words that are the same for all of a kind
     * @param detail what exactly was wrong; may be empty
     */
    void skip(String entry, Reason reason, String detail);

    /**
     * Something is used, and a person should know how.
     *
     * @param entry the image or file
     * @param remark in few words that are the same for all of a kind
     * @param detail what exactly; may be empty
     */
    default void remark(String entry, Remark remark, String detail) {}

    /** Why something was left out. */
    enum Reason {
        UNREADABLE("unreadable", "the image cannot be read"),
        UNSUPPORTED("unsupported", "the image has a format that is not read"),
        TOO_LARGE("too-large", "the image is too large"),
        NO_PICTURE("no-image", "there is no image"),
        NO_CAPTION("no-caption", "there is no caption"),
        DUPLICATE("duplicate", "the same image is already there"),
        BETWEEN_SPLITS("between-splits", "it looks nearly like images of two splits"),
        KEY_TAKEN("key-taken", "another image has its key"),
        MALFORMED("malformed", "the description cannot be read"),
        BROKEN_LINK("broken-link", "the link leads nowhere or in a circle"),
        CLOSED("closed", "the file or folder cannot be opened"),
        BROKEN_SHARD("broken-shard", "the shard is cut off or damaged, and what follows is missing"),
        WITHDRAWN("withdrawn", "its makers have withdrawn it"),
        TRADEMARK("trademark", "it is a company's mark"),
        UNKNOWN_FILE("unknown-file", "neither an image nor a caption file");

        private final String code;
        private final String text;

        Reason(String code, String text) {
            this.code = code;
            this.text = text;
        }

        /** For people. */
        public String text() {
            return text;
        }

        /** For programs, as in {@code key-taken}: other words for people change nothing here. */
        public String code() {
            return code;
        }
    }

    /** What is said of something that was used. */
    enum Remark {
        FIRST_FRAME("first-frame", "only the first of its frames or pages is used"),
        WARNED("warned", "its decoder had something to say"),
        RENAMED("renamed", "another image has its name, so its key ends with a digest"),
        NAME_MATCHED("name-matched", "its name is written differently in the list"),
        SPLIT_UNKNOWN("split-unknown", "its split is not known, as if none were given"),
        SPLIT_OF_SUBJECT("split-of-subject", "its subject is in another split than was said, and so is it"),
        NEAR_OTHER_SPLIT("near-other-split", "it looks nearly like an image of another split"),
        CAPTION_DAMAGED(
                "caption-damaged", "one of its captions holds U+FFFD, for characters lost on the way, and is left out"),
        CAPTION_LONG("caption-long", "one of its captions is longer than a job's may be");

        private final String code;
        private final String text;

        Remark(String code, String text) {
            this.code = code;
            this.text = text;
        }

        /** For people. */
        public String text() {
            return text;
        }

        /** For programs, as in {@code first-frame}: other words for people change nothing here. */
        public String code() {
            return code;
        }
    }
}
