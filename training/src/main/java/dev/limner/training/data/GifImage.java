package dev.limner.training.data;

import java.awt.AlphaComposite;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;

/** The first frame of a GIF on its canvas, as browsers show it. */
final class GifImage {
    private static final String FRAME = "javax_imageio_gif_image_1.0";

    private GifImage() {}

    static BufferedImage read(byte[] file, List<ImageDecoder.Remarked> remarks) throws IOException {
        WholeFile.Frames frames = WholeFile.requireGif(file);
        ImageDecoder.requireReasonable(frames.pixels());
        ImageDecoder.frames(frames.count(), remarks);
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            ImageReader reader = ImageFileFormat.GIF.reader();
            try {
                reader.setInput(in);
                DecoderWarnings warnings = new DecoderWarnings();
                reader.addIIOReadWarningListener(warnings);
                ImageDecoder.requireReasonable((long) reader.getWidth(0) * reader.getHeight(0));
                BufferedImage frame = SrgbConversion.of(reader.read(0), null, null);
                warnings.judge(remarks);
                int left = offset(reader.getImageMetadata(0), "imageLeftPosition");
                int top = offset(reader.getImageMetadata(0), "imageTopPosition");
                return onCanvas(frame, left, top, frames);
            } finally {
                reader.dispose();
            }
        }
    }

    private static int offset(IIOMetadata metadata, String name) {
        for (Node node = metadata.getAsTree(FRAME).getFirstChild(); node != null; node = node.getNextSibling()) {
            NamedNodeMap attributes = node.getAttributes();
            if (node.getNodeName().equals("ImageDescriptor") && attributes.getNamedItem(name) != null) {
                return Integer.parseInt(attributes.getNamedItem(name).getNodeValue());
            }
        }
        return 0;
    }

    /**
     * Where the frame does not fill the canvas, the rest is clear; what of it lies outside is cut off. A frame that is
     * larger than the canvas is the image: some writers leave the canvas at 0 x 0.
     */
    private static BufferedImage onCanvas(BufferedImage frame, int left, int top, WholeFile.Frames canvas)
            throws ImageException {
        if (frame.getWidth() > canvas.width() || frame.getHeight() > canvas.height()) {
            return frame;
        }
        Rectangle whole = new Rectangle(canvas.width(), canvas.height());
        if (!whole.intersects(left, top, frame.getWidth(), frame.getHeight())) {
            throw ImageException.damaged("its first frame, at " + left + "," + top + ", lies outside of its canvas of "
                    + whole.width + " x " + whole.height);
        }
        if (frame.getWidth() == whole.width && frame.getHeight() == whole.height && left == 0 && top == 0) {
            return frame;
        }
        BufferedImage image = new BufferedImage(whole.width, whole.height, BufferedImage.TYPE_INT_ARGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setComposite(AlphaComposite.Src);
        graphics.drawImage(frame, left, top, null);
        graphics.dispose();
        return image;
    }
}
