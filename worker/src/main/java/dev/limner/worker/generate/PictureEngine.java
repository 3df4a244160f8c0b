package dev.limner.worker.generate;

import dev.limner.generator.image.Pixels;
import dev.limner.generator.render.RenderRequest;
import dev.limner.protocol.Result;
import dev.limner.protocol.Size;
import java.util.List;

/** Something that draws on a device. Safe from any thread. */
public interface PictureEngine extends AutoCloseable {
    /** The model it draws with. */
    Result.Model model();

    /** The one size it draws. */
    Size size();

    /** Draws any number of pictures, in order; a picture's bytes do not depend on the others. */
    List<Pixels> draw(List<RenderRequest> requests);

    @Override
    void close();
}
