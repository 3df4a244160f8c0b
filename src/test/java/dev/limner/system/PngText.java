package dev.limner.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.stream.ImageInputStream;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** What a PNG says of itself, read by the JDK's own reader. */
final class PngText {
    private PngText() {}

    /** The caption in the provenance that is stored under a keyword. */
    static String of(Path file, String keyword) throws IOException {
        ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
        try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
            reader.setInput(in);
            IIOMetadata metadata = reader.getImageMetadata(0);
            Element root = (Element) metadata.getAsTree(metadata.getNativeMetadataFormatName());
            NodeList entries = root.getElementsByTagName("iTXtEntry");
            for (int i = 0; i < entries.getLength(); i++) {
                Element entry = (Element) entries.item(i);
                if (entry.getAttribute("keyword").equals(keyword)) {
                    JsonNode provenance = new ObjectMapper().readTree(entry.getAttribute("text"));
                    return provenance.path("caption").asText();
                }
            }
            throw new AssertionError("no text " + keyword + " in " + file);
        } finally {
            reader.dispose();
        }
    }
}
