package dev.limner.training.data;

/** Whose images of emoji; each is an npm package of the {@code emoji-datasource} family. */
public enum EmojiArtwork {
    /** Google's, Apache License 2.0. */
    NOTO("google"),
    /** Twitter's, CC BY 4.0. */
    TWEMOJI("twitter");

    private final String vendor;

    EmojiArtwork(String vendor) {
        this.vendor = vendor;
    }

    /** The npm package's name. */
    public String npmPackage() {
        return "emoji-datasource-" + vendor;
    }

    /** Where the package has its images of 64x64 pixels. */
    String folder() {
        return "package/img/" + vendor + "/64/";
    }
}
