package dev.limner.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.generator.image.Pixels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SVGs as they should be, and those that are made to harm whoever draws them. */
class SvgImageTest {
    private static final int WHITE = 0xFFFFFF;
    private static final int RED = 0xFF0000;

    @ParameterizedTest
    @ValueSource(ints = {16, 64, 256})
    void shouldDrawAtTheSideThatIsAskedFor(int side) throws IOException {
        Pixels drawn = draw("<rect x='0' y='0' width='12' height='24' fill='red'/>", side);

        assertThat(drawn.width()).isEqualTo(side);
        assertThat(at(drawn, side / 2 - 1, side / 2)).isEqualTo(RED);
        assertThat(at(drawn, side / 2, side / 2)).isEqualTo(WHITE);
    }

    @Test
    void shouldDrawCurrentColorInBlack() throws IOException {
        assertThat(at(draw("<rect width='24' height='24' fill='currentColor'/>", 16), 8, 8))
                .isZero();
    }

    @Test
    void shouldCropTheMiddleOfWhatIsNotSquare() throws IOException {
        Pixels drawn = read(
                bytes("<?xml version='1.0'?><!-- a licence --><svg xmlns='http://www.w3.org/2000/svg' width='300'"
                        + " height='100' viewBox='0 0 300 100'><rect width='100' height='100' fill='blue'/>"
                        + "<rect x='100' width='100' height='100' fill='red'/></svg>"),
                32);

        assertThat(at(drawn, 0, 16)).isEqualTo(RED);
        assertThat(at(drawn, 31, 16)).isEqualTo(RED);
    }

    @Test
    void shouldReadASizeWithoutAViewBoxAndAPrefix() throws IOException {
        Pixels drawn = read(
                bytes("<svg:svg xmlns:svg='http://www.w3.org/2000/svg' width='2in' height='2in'>"
                        + "<svg:rect width='1in' height='2in' fill='red'/></svg:svg>"),
                32);

        assertThat(at(drawn, 8, 16)).isEqualTo(RED);
        assertThat(at(drawn, 24, 16)).isEqualTo(WHITE);
    }

    @Test
    void shouldSayWhatIsNotDrawnAsItsMakerSawIt() throws IOException {
        assertThat(ImageDecoder.read(svg("<text x='2' y='12'>a</text>"), 32).remarks())
                .containsExactly(new ImageDecoder.Remarked(
                        SkippedEntries.Remark.WARNED, "its letters are drawn in the fonts of this machine"));
        assertThat(ImageDecoder.read(
                                svg("<rect width='9' height='9'><animate attributeName='x' to='9' dur='1s'/></rect>"),
                                32)
                        .remarks())
                .extracting(ImageDecoder.Remarked::remark)
                .containsExactly(SkippedEntries.Remark.FIRST_FRAME);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<image href='FILE' width='24' height='24'/>",
                "<image href='http://127.0.0.1:1/a.png' width='24' height='24'/>",
                "<image href='data:image/png;base64,iVBORw0KGgo=' width='24' height='24'/>",
                "<use href='FILE#a'/>",
                "<use xlink:href='other.svg#a'/>",
                "<rect width='9' height='9' fill='url(FILE#a)'/>",
                "<rect width='9' height='9' style='fill: URL( \"http://127.0.0.1:1/#a\" )'/>",
                "<style>@import 'http://127.0.0.1:1/a.css';</style>",
                "<style>@font-face { src: url(http://127.0.0.1:1/a.ttf) }</style>",
                "<style><![CDATA[rect { fill: url(data:image/svg+xml,a) }]]></style>",
                "<filter id='f'><feImage href='FILE'/></filter>",
                "<foreignObject width='9' height='9'><p>a</p></foreignObject>",
            })
    void shouldReadNothingButTheFileItself(String body, @TempDir Path folder) throws IOException {
        Path other = Files.writeString(folder.resolve("other.svg"), "<svg xmlns='http://www.w3.org/2000/svg'/>");

        assertRefused(svg(body.replace("FILE", other.toUri().toString())), SkippedEntries.Reason.UNSUPPORTED);
    }

    @Test
    void shouldKeepWhatIsOnlyALink() throws IOException {
        Pixels drawn = draw("<a href='http://127.0.0.1:1/'><rect width='24' height='24' fill='#FF0000'/></a>", 16);

        assertThat(at(drawn, 8, 8)).isEqualTo(RED);
    }

    @Test
    void shouldNotExpandEntities() throws IOException {
        StringBuilder bomb = new StringBuilder("<!DOCTYPE svg [<!ENTITY a0 'M0 0h1'>");
        for (int i = 1; i < 10; i++) {
            bomb.append("<!ENTITY a")
                    .append(i)
                    .append(" '")
                    .append(("&a" + (i - 1) + ";").repeat(10))
                    .append("'>");
        }
        String svg = "]><svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'>";

        assertRefused(bytes(bomb + svg + "<path d='&a9;'/></svg>"), SkippedEntries.Reason.UNREADABLE);
        assertRefused(bytes(bomb + svg + "<text>&a9;</text></svg>"), SkippedEntries.Reason.UNSUPPORTED);
        assertRefused(
                bytes("<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>" + svg + "<text>&a;</text></svg>"),
                SkippedEntries.Reason.UNSUPPORTED);
        assertThat(read(
                                bytes("<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'http://127.0.0.1:1/svg11.dtd'>"
                                        + svg.substring(2) + "<rect width='24' height='24' fill='red'/></svg>"),
                                16)
                        .width())
                .isEqualTo(16);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"<use href='#a'/>", "<rect width='9' height='9' fill='url(#a)'/>", "<path mask='url(#a)'/>"})
    void shouldFollowReferencesOnlyAsFarAsAnybodyNeeds(String leaf) {
        StringBuilder wide = new StringBuilder("<defs><g id='a0'><rect width='1' height='1'/></g>");
        for (int i = 1; i <= 9; i++) {
            String reference = leaf.replace("#a", "#a" + (i - 1));
            wide.append("<g id='a")
                    .append(i)
                    .append("'>")
                    .append(reference.repeat(10))
                    .append("</g>");
        }
        wide.append("</defs>").append(leaf.replace("#a", "#a9"));

        assertRefused(svg(wide.toString()), SkippedEntries.Reason.TOO_LARGE);
        assertRefused(svg("<g id='a'>" + leaf + "</g>"), SkippedEntries.Reason.TOO_LARGE);
        assertRefused(
                svg("<g id='b'>" + leaf + "</g><g id='a'>" + leaf.replace("#a", "#b") + "</g>"),
                SkippedEntries.Reason.TOO_LARGE);
    }

    @Test
    void shouldBoundDepthNumberAndBytes() {
        assertRefused(svg("<g>".repeat(5_000) + "</g>".repeat(5_000)), SkippedEntries.Reason.TOO_LARGE);
        assertRefused(svg("<g/>".repeat(100_001)), SkippedEntries.Reason.TOO_LARGE);
        assertRefused(svg("<path d='" + " ".repeat(SvgImage.MOST_BYTES) + "'/>"), SkippedEntries.Reason.TOO_LARGE);
    }

    @Test
    void shouldTakeAHugeSizeForWhatItIs() throws IOException {
        Pixels drawn = read(
                bytes("<svg xmlns='http://www.w3.org/2000/svg' width='1000000000' height='1000000000'>"
                        + "<rect width='500000000' height='1000000000' fill='red'/></svg>"),
                32);

        assertThat(at(drawn, 8, 16)).isEqualTo(RED);
        for (String size : List.of("width='0' height='9'", "width='1e9' height='1'", "viewBox='0 0 NaN 9'")) {
            assertRefused(
                    bytes("<svg xmlns='http://www.w3.org/2000/svg' " + size + "><rect width='9' height='9'/></svg>"),
                    SkippedEntries.Reason.UNREADABLE);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<filter id='f' x='-1e6' y='-1e6' width='1e7' height='1e7'><feGaussianBlur stdDeviation='100000'/></filter>"
                        + "<rect width='9' height='9' filter='url(#f)'/>",
                "<filter id='f'><feTurbulence baseFrequency='9' numOctaves='2000000000'/></filter>"
                        + "<rect width='24' height='24' filter='url(#f)'/>",
                "<filter id='f'><feMorphology operator='dilate' radius='1000000'/></filter>"
                        + "<rect width='24' height='24' filter='url(#f)'/>",
                "<pattern id='p' width='1000000' height='1000000' patternUnits='userSpaceOnUse'><rect width='9'"
                        + " height='9'/></pattern><rect width='24' height='24' fill='url(#p)'/>",
                "<pattern id='p' width='1e-9' height='1e-9'><rect width='9' height='9'/></pattern>"
                        + "<rect width='24' height='24' fill='url(#p)'/>",
                "<marker id='m' markerWidth='1e9' markerHeight='1e9'><rect width='9' height='9'/></marker>"
                        + "<path d='M0 0H24V24' marker-mid='url(#m)' stroke='red'/>",
                "<linearGradient id='g' spreadMethod='repeat' x2='1e-12'><stop/><stop offset='1'/></linearGradient>"
                        + "<rect width='24' height='24' fill='url(#g)'/>",
                "<text font-size='1e9'>a</text>",
                "<path d='M0 0A1e-30 1e30 0 1 1 1e30 1e-30'/>",
                "<rect width='24' height='24' transform='scale(1e300)'/>",
            })
    void shouldEndWhateverItIsAskedToDraw(String body) {
        try {
            assertThat(SvgImage.draw(svg(body), 64, new ArrayList<>(), Duration.ofSeconds(2))
                            .getWidth())
                    .isEqualTo(64);
        } catch (IOException e) {
            assertThat(ImageException.reason(e))
                    .isIn(SkippedEntries.Reason.TOO_LARGE, SkippedEntries.Reason.UNREADABLE);
        }
    }

    @Test
    void shouldGiveUpWhatTakesTooLong() throws IOException {
        // Millions of dashes in one stroke, which ends within seconds so that it does not slow other tests down.
        byte[] slow = svg("<path d='M0 0H24' stroke='red' stroke-dasharray='4e-7'/>");

        assertThatThrownBy(() -> SvgImage.draw(slow, 64, new ArrayList<>(), Duration.ofMillis(50)))
                .hasMessage("an SVG that takes more than 50 ms to draw")
                .satisfies(e ->
                        assertThat(ImageException.reason((IOException) e)).isEqualTo(SkippedEntries.Reason.TOO_LARGE));

        assertThat(at(draw("<rect width='24' height='24' fill='red'/>", 16), 8, 8))
                .isEqualTo(RED);
    }

    /** OpenMoji's, beside one that wants another file. */
    @Test
    void shouldReadDrawingsOfAFolder(@TempDir Path folder) throws IOException {
        Path images = Files.createDirectories(folder.resolve("images"));
        for (String code : List.of("1F431", "2764")) {
            Files.copy(
                    Path.of("src/test/resources/packages/openmoji/package/color/svg", code + ".svg"),
                    images.resolve(code + ".svg"));
            Files.writeString(images.resolve(code + ".txt"), code);
        }
        Files.write(images.resolve("bad"), svg("<image href='1F431.svg' width='24' height='24'/>"));
        Files.writeString(images.resolve("bad.txt"), "bad");

        DataImport.Outcome outcome =
                DataImport.run(new FolderSource(images, "en"), folder.resolve("set"), DataSettings.of(32, 10, 10));

        assertThat(outcome.added()).isEqualTo(2);
        assertThat(outcome.skipped()).containsOnlyKeys(SkippedEntries.Reason.UNSUPPORTED);
    }

    @Test
    void shouldDrawOnlyWhereAPersonAskedForIt() {
        // Feedback and shards come from others.
        assertThatThrownBy(() -> ImageDecoder.decode(svg("<rect width='24' height='24'/>"), 64))
                .hasMessageStartingWith("SVG; read are");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><path d='M0 0",
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><g></svg>",
                "<svg xmlns='http://example.com/other'><path/></svg>",
                "<x><svg xmlns='http://www.w3.org/2000/svg'/></x>",
                "<svg >",
            })
    void shouldCallItDamagedWhereItIs(String file) {
        assertRefused(bytes(file), SkippedEntries.Reason.UNREADABLE);
    }

    private static void assertRefused(byte[] file, SkippedEntries.Reason reason) {
        assertThatThrownBy(() -> ImageDecoder.read(file, 64))
                .isInstanceOf(IOException.class)
                .satisfies(e -> assertThat(ImageException.reason((IOException) e))
                        .as(e.getMessage())
                        .isEqualTo(reason));
    }

    private static Pixels draw(String body, int side) throws IOException {
        return read(svg(body), side);
    }

    private static Pixels read(byte[] file, int side) throws IOException {
        return ImageDecoder.read(file, side).pixels();
    }

    private static byte[] svg(String body) {
        return bytes("<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'"
                + " viewBox='0 0 24 24'>" + body + "</svg>");
    }

    private static byte[] bytes(String text) {
        return Objects.requireNonNull(text).getBytes(StandardCharsets.UTF_8);
    }

    private static int at(Pixels image, int x, int y) {
        int at = 3 * (y * image.width() + x);
        byte[] rgb = image.rgb();
        return ((rgb[at] & 0xFF) << 16) | ((rgb[at + 1] & 0xFF) << 8) | (rgb[at + 2] & 0xFF);
    }
}
