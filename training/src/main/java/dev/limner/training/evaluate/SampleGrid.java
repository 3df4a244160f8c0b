package dev.limner.training.evaluate;

import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.render.RenderRequest;
import dev.limner.generator.render.Renderer;
import dev.limner.training.data.ImageDecoder;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Fixed captions generated with fixed noise, side by side: the same grid for every model, uncurated.
 *
 * @param captions one per image, row by row
 * @param seed the noise's seed; an image's place in the grid is its index
 */
public record SampleGrid(List<String> captions, long seed) {
    private static final int COLUMNS = 8;
    private static final int BATCH = 16;

    public SampleGrid {
        captions = List.copyOf(captions);
    }

    /** Generates the grid and writes it as PNG. */
    public void write(Renderer renderer, TextEncoder encoder, Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(file, ImageDecoder.toPng(sheet(generate(renderer, encoder), COLUMNS)));
        } catch (IOException e) {
            throw new UncheckedIOException("the sample grid cannot be written to " + file, e);
        }
    }

    /** Images side by side, row by row. */
    public static BufferedImage sheet(List<Pixels> images, int columns) {
        int side = images.get(0).width();
        int rows = (images.size() + columns - 1) / columns;
        BufferedImage sheet = new BufferedImage(columns * side, rows * side, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = sheet.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
        for (int i = 0; i < images.size(); i++) {
            graphics.drawImage(images.get(i).toImage(), i % columns * side, i / columns * side, null);
        }
        graphics.dispose();
        return sheet;
    }

    /** One image per caption. */
    public List<Pixels> generate(Renderer renderer, TextEncoder encoder) {
        List<RenderRequest> requests = new ArrayList<>();
        for (int i = 0; i < captions.size(); i++) {
            ImageSource.Prompt prompt = new ImageSource.Prompt(
                    captions.get(i), encoder.encode(captions.get(i)).embedding(), seed);
            requests.add(new RenderRequest(
                    ImageSource.conditions(prompt, renderer.generator().inputs()), seed, i, 1.0));
        }
        List<Pixels> images = new ArrayList<>();
        for (int from = 0; from < requests.size(); from += BATCH) {
            images.addAll(renderer.render(requests.subList(from, Math.min(from + BATCH, requests.size())), BATCH));
        }
        return images;
    }
}
