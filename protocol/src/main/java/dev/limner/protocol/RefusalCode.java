package dev.limner.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Why a worker does not run a release. The list is closed. */
public enum RefusalCode {
    /** There is no such bundle, or it cannot be read. */
    BUNDLE_MISSING,
    /** The manifest is not one, or has another digest than was announced. */
    MANIFEST_INVALID,
    /** A key is configured and the release has no signature. */
    UNSIGNED,
    /** The signature is not the key's over this digest. */
    SIGNATURE_INVALID,
    /** The weights are not those of the manifest, or no weights at all. */
    WEIGHTS_INVALID,
    /** More bytes than a worker takes. */
    TOO_LARGE,
    /** A family of networks this build does not know. */
    ARCHITECTURE_UNKNOWN,
    /** A text encoder this build does not have. */
    ENCODER_UNKNOWN,
    /** A bundle of another name than the one it was announced under. */
    NAME_DIFFERS,
    /** Neither newer than what is live nor one of those before it. */
    OLDER_THAN_LIVE,
    /** It does not draw what its maker saw it draw. */
    PROBE_FAILED,
    /** It cannot be put on the device. */
    LOAD_FAILED;

    /** As it is written in JSON: {@code probe-failed}. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @throws IllegalArgumentException if there is no such code */
    @JsonCreator
    public static RefusalCode of(String wireName) {
        return valueOf(wireName.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
