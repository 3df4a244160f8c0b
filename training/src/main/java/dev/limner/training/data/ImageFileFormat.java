package dev.limner.training.data;

import com.drew.imaging.FileType;
import com.drew.imaging.FileTypeDetector;
import com.twelvemonkeys.imageio.plugins.jpeg.JPEGImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;

/**
 * The formats that are read, told by a file's bytes and never by its name, each with one decoder: which of several the JVM
 * would pick depends on the class path.
 */
enum ImageFileFormat {
    PNG,
    JPEG,
    GIF,
    BMP,
    WEBP,
    TIFF;

    /** How many bytes of a file are enough to tell. */
    static final int HEAD = 1024;

    /** What metadata-extractor does not know, by the bytes it begins with. */
    private static final List<Signature> SIGNATURES = List.of(
            new Signature("BigTIFF", new byte[] {'I', 'I', '+', 0}),
            new Signature("BigTIFF", new byte[] {'M', 'M', 0, '+'}),
            new Signature("MNG", new byte[] {(byte) 0x8A, 'M', 'N', 'G'}),
            new Signature("JNG", new byte[] {(byte) 0x8B, 'J', 'N', 'G'}),
            new Signature("a bitmap without its file header (DIB)", new byte[] {40, 0, 0, 0}),
            new Signature("JPEG XL", new byte[] {(byte) 0xFF, 0x0A}),
            new Signature("JPEG XL", new byte[] {0, 0, 0, 12, 'J', 'X', 'L', ' '}),
            new Signature("JPEG 2000", new byte[] {0, 0, 0, 12, 'j', 'P', ' ', ' '}),
            new Signature("JPEG 2000", new byte[] {(byte) 0xFF, 0x4F, (byte) 0xFF, 0x51}),
            new Signature("OpenEXR", new byte[] {0x76, 0x2F, 0x31, 0x01}),
            new Signature("DDS", new byte[] {'D', 'D', 'S', ' '}),
            new Signature("Radiance HDR", "#?RADIANCE".getBytes(StandardCharsets.US_ASCII)),
            new Signature(
                    "a pointer of Git LFS, not the file",
                    "version https://git-lfs".getBytes(StandardCharsets.US_ASCII),
                    false));

    private static final Signature PNG_LIKE = new Signature("PNG", new byte[] {(byte) 0x89, 'P', 'N', 'G'});

    private static final Pattern SVG_ELEMENT = Pattern.compile("<(\\w{1,20}:)?svg[\\s>/]");

    private static final int TGA_HEADER = 18;
    private static final byte[] TGA_FOOT = "TRUEVISION-XFILE.\0".getBytes(StandardCharsets.US_ASCII);

    private static final int BMP_RESERVED = 6;
    private static final int BMP_RESERVED_END = 10;

    private record Signature(String name, byte[] bytes, boolean image) {
        Signature(String name, byte[] bytes) {
            this(name, bytes, true);
        }

        boolean begins(byte[] file) {
            return file.length >= bytes.length && Arrays.equals(file, 0, bytes.length, bytes, 0, bytes.length);
        }
    }

    /** @throws ImageException naming the format if it is one that is not read */
    static ImageFileFormat of(byte[] file) throws ImageException {
        if (file.length == 0) {
            throw new ImageException(SkippedEntries.Reason.UNREADABLE, "no image: the file is empty");
        }
        FileType type = type(file);
        return switch (type) {
            case Png -> PNG;
            case Jpeg -> JPEG;
            case Gif -> GIF;
            case Bmp -> BMP;
            case WebP -> WEBP;
            case Tiff -> TIFF;
            case Unknown -> throw unknown(file);
            default -> throw unsupported(type.getName().toUpperCase(Locale.ROOT));
        };
    }

    private static FileType type(byte[] file) {
        try {
            return FileTypeDetector.detectFileType(new ByteArrayInputStream(file));
        } catch (IOException e) {
            return FileType.Unknown;
        }
    }

    /**
     * Whether a file that no name tells of is an image, in a format that is read or in another one.
     *
     * @param head its first {@link #HEAD} bytes, or all if it has fewer
     */
    static boolean isImage(byte[] head) {
        FileType type = type(head);
        if (type == FileType.Bmp) {
            // Text may begin with BM; these four bytes of a bitmap are 0.
            return head.length > BMP_RESERVED_END
                    && Arrays.equals(head, BMP_RESERVED, BMP_RESERVED_END, new byte[4], 0, 4);
        }
        if (type == FileType.Unknown) {
            return isSvg(head)
                    || SIGNATURES.stream().anyMatch(signature -> signature.image() && signature.begins(head));
        }
        String media = type.getMimeType();
        return media != null && media.startsWith("image/");
    }

    private static ImageException unknown(byte[] file) {
        for (Signature signature : SIGNATURES) {
            if (signature.begins(file)) {
                return unsupported(signature.name());
            }
        }
        if (PNG_LIKE.begins(file)) {
            return notQuitePng(file);
        }
        if (isTga(file)) {
            return unsupported("TGA");
        }
        if (isSvg(file)) {
            return unsupported("SVG");
        }
        String head = head(file);
        if (isPage(head)) {
            return unsupported("a web page, as servers send in place of an image");
        }
        if (head.length() > 2 && head.charAt(0) == 'p' && head.substring(1, 3).matches("[1-7]\\s")) {
            return unsupported("Netpbm");
        }
        return new ImageException(SkippedEntries.Reason.UNREADABLE, "no image in " + file.length + " bytes");
    }

    private static String head(byte[] file) {
        return new String(file, 0, Math.min(file.length, HEAD), StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    }

    /**
     * Whether it is a drawing, which is no image file until it is drawn. Its first element may be called as in
     * {@code <svg:svg>}, and stand behind a licence.
     *
     * @param file all of it, or its first {@link #HEAD} bytes
     */
    static boolean isSvg(byte[] file) {
        String head = head(file);
        return type(file) == FileType.Unknown
                && !isPage(head)
                && SVG_ELEMENT.matcher(head).find();
    }

    private static boolean isPage(String head) {
        return head.contains("<html") || head.contains("<!doctype html");
    }

    private static ImageException notQuitePng(byte[] file) {
        if (file.length < 16) {
            return ImageException.cutOff("it ends inside its header");
        }
        if (file[4] != '\r' || file[5] != '\n') {
            return ImageException.damaged("it is a PNG whose line ends were changed on the way, as of a text");
        }
        String first = new String(file, 12, 4, StandardCharsets.ISO_8859_1);
        if (first.equals("CgBI")) {
            return unsupported("a PNG for Apple's devices only (CgBI)");
        }
        return ImageException.damaged("it is a PNG whose first chunk is not a whole header");
    }

    /** Newer ones end with their name; older ones are told by a header of which every field makes sense. */
    private static boolean isTga(byte[] file) {
        int foot = file.length - TGA_FOOT.length;
        if (foot > TGA_HEADER && Arrays.equals(file, foot, file.length, TGA_FOOT, 0, TGA_FOOT.length)) {
            return true;
        }
        return file.length > TGA_HEADER
                && (file[1] == 0 || file[1] == 1)
                && List.of(1, 2, 3, 9, 10, 11).contains((int) file[2])
                && file[12] + file[13] != 0
                && file[14] + file[15] != 0
                && List.of(8, 15, 16, 24, 32).contains((int) file[16]);
    }

    private static ImageException unsupported(String name) {
        return new ImageException(
                SkippedEntries.Reason.UNSUPPORTED, name + "; read are PNG, JPEG, WebP, TIFF, GIF and BMP");
    }

    /** A decoder, to be disposed of. */
    ImageReader reader() throws IOException {
        return switch (this) {
            case PNG, GIF, BMP -> ImageIO.getImageReadersByFormatName(name()).next();
            case JPEG ->
                provider(JPEGImageReaderSpi.class, JPEGImageReaderSpi::new).createReaderInstance();
            case WEBP ->
                provider(WebPImageReaderSpi.class, WebPImageReaderSpi::new).createReaderInstance();
            case TIFF ->
                provider(TIFFImageReaderSpi.class, TIFFImageReaderSpi::new).createReaderInstance();
        };
    }

    private static <T extends ImageReaderSpi> T provider(Class<T> type, Supplier<T> maker) {
        IIORegistry registry = IIORegistry.getDefaultInstance();
        synchronized (ImageFileFormat.class) {
            T known = registry.getServiceProviderByClass(type);
            if (known != null) {
                return known;
            }
            // The JVM looks for plugins where the thread that asked first could see them, which may be nowhere.
            T made = maker.get();
            registry.registerServiceProvider(made);
            return made;
        }
    }
}
