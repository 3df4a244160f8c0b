package dev.limner.training.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of a PNG: checked, because the JVM's decoder checks neither their sums nor the end, and parted into what the
 * decoder needs and what it would ignore or take wrong.
 *
 * @param plain the image without anything that changes what its samples mean
 * @param colours of its palette; 0 if it has none
 * @param colourKey the sample values that are transparent, as the file has them, one for grey, three for colour
 * @param profile its ICC profile
 * @param exif its EXIF block
 * @param animated whether there are more frames
 * @param complaints damage to chunks that an image does without
 */
record PngFile(
        byte[] plain,
        int colours,
        int @Nullable [] colourKey,
        byte @Nullable [] profile,
        byte @Nullable [] exif,
        boolean animated,
        List<String> complaints) {
    private static final int SIGNATURE = 8;
    private static final int FRAME = 12;
    private static final int PALETTE = 3;
    private static final int MOST_PROFILE_BYTES = 16 << 20;

    static PngFile read(byte[] file) throws ImageException {
        ByteBuffer in = ByteBuffer.wrap(file);
        in.position(SIGNATURE);
        Parts parts = new Parts();
        parts.plain.write(file, 0, SIGNATURE);
        while (true) {
            int start = in.position();
            if (in.remaining() < FRAME) {
                throw ImageException.cutOff("it ends before its IEND chunk");
            }
            int length = in.getInt();
            byte[] name = new byte[4];
            in.get(name);
            String type = new String(name, StandardCharsets.ISO_8859_1);
            if (length < 0 || length > in.remaining() - 4) {
                throw ImageException.cutOff("it ends inside its " + printable(type) + " chunk");
            }
            in.position(in.position() + length);
            CRC32 sum = new CRC32();
            sum.update(file, start + 4, length + 4);
            boolean intact = in.getInt() == (int) sum.getValue();
            boolean critical = Character.isUpperCase(type.charAt(0)) || type.equals("tRNS");
            if (!intact && critical) {
                throw ImageException.damaged("its " + printable(type) + " chunk has another checksum than it says");
            }
            if (!intact) {
                parts.complaints.add(printable(type) + " has another checksum than it says and is ignored");
            } else if (parts.take(type, file, start, length)) {
                return parts.done();
            }
        }
    }

    private static String printable(String type) {
        return type.matches("[A-Za-z]{4}") ? type : "unknown";
    }

    private static final class Parts {
        private final ByteArrayOutputStream plain = new ByteArrayOutputStream();
        private final List<String> complaints = new ArrayList<>();
        private int colourType;
        private int colours;
        private int @Nullable [] colourKey;
        private byte @Nullable [] profile;
        private byte @Nullable [] exif;
        private boolean animated;

        /** @return whether it was the last */
        boolean take(String type, byte[] file, int start, int length) throws ImageException {
            int at = start + 8;
            switch (type) {
                case "IHDR" -> {
                    if (length < 13) {
                        throw ImageException.damaged("its IHDR chunk has " + length + " bytes");
                    }
                    colourType = file[at + 9];
                    copy(file, start, length);
                }
                case "PLTE" -> {
                    // A suggestion for poor screens where the image has no palette; the decoder would take it as one.
                    if (colourType == PALETTE) {
                        colours = length / 3;
                        copy(file, start, length);
                    }
                }
                case "tRNS" -> transparency(file, start, length);
                case "iCCP" -> profile = profile(file, at, length);
                case "eXIf" -> exif = Arrays.copyOfRange(file, at, at + length);
                case "acTL" -> animated = true;
                case "IDAT", "IEND" -> copy(file, start, length);
                default -> {
                    // Text, times, gammas, pixel sizes: not pixels.
                    if (Character.isUpperCase(type.charAt(0))) {
                        throw new ImageException(
                                SkippedEntries.Reason.UNSUPPORTED, "a PNG with a " + printable(type) + " chunk");
                    }
                }
            }
            return type.equals("IEND");
        }

        private void copy(byte[] file, int start, int length) {
            plain.write(file, start, length + FRAME);
        }

        private void transparency(byte[] file, int start, int length) throws ImageException {
            int samples = colourType == 0 ? 1 : colourType == 2 ? 3 : 0;
            if (colourType == PALETTE) {
                copy(file, start, length);
            } else if (samples > 0) {
                if (length < 2 * samples) {
                    throw ImageException.damaged("its tRNS chunk has " + length + " bytes");
                }
                int[] key = new int[samples];
                for (int i = 0; i < samples; i++) {
                    key[i] = ByteBuffer.wrap(file).getShort(start + 8 + 2 * i) & 0xFFFF;
                }
                colourKey = key;
            }
        }

        /** A name, a zero, the method, then the profile, deflated. */
        private byte @Nullable [] profile(byte[] file, int at, int length) {
            int name = at;
            while (name < at + length && file[name] != 0) {
                name++;
            }
            int from = name + 2;
            Inflater inflater = new Inflater();
            try {
                inflater.setInput(file, Math.min(from, at + length), Math.max(0, at + length - from));
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                byte[] buffer = new byte[1 << 13];
                while (!inflater.finished()) {
                    int count = inflater.inflate(buffer);
                    if (count == 0 || out.size() > MOST_PROFILE_BYTES) {
                        throw new DataFormatException("too short or too long");
                    }
                    out.write(buffer, 0, count);
                }
                return out.toByteArray();
            } catch (DataFormatException e) {
                complaints.add("its colour profile cannot be unpacked and is ignored");
                return null;
            } finally {
                inflater.end();
            }
        }

        PngFile done() {
            return new PngFile(
                    plain.toByteArray(), colours, colourKey, profile, exif, animated, List.copyOf(complaints));
        }
    }

    /** @throws ImageException for a file whose header says more than can be told from the bytes that are there */
    static long pixels(byte[] file) throws IOException {
        if (file.length < 24) {
            throw ImageException.cutOff("it ends inside its header");
        }
        ByteBuffer in = ByteBuffer.wrap(file);
        return (in.getInt(16) & 0xFFFFFFFFL) * (in.getInt(20) & 0xFFFFFFFFL);
    }
}
