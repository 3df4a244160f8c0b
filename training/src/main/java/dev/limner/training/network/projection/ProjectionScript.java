package dev.limner.training.network.projection;

import dev.limner.generator.network.Layers;
import dev.limner.training.network.ScriptedCritic;
import java.util.List;
import java.util.Locale;

/** The default critic, written once more in TorchScript. A test holds it against {@link ProjectionCritic}. */
final class ProjectionScript {
    private static final String START = """
                x = torch.pixel_unshuffle(images, 2)
                x = torch.conv2d(x, start_weight, start_bias, [1, 1], [1, 1], [1, 1], 1)
            """;

    private ProjectionScript() {}

    static ScriptedCritic of(ProjectionSpec shape, List<String> weights) {
        StringBuilder body = new StringBuilder(START);
        for (int stage = 0; stage + 1 < shape.channels().size(); stage++) {
            body.append(stage(stage));
        }
        return new ScriptedCritic(weights, body + end(shape.features()));
    }

    private static String stage(int stage) {
        return String.format(Locale.ROOT, """
                skip = torch.avg_pool2d(x, [2, 2], [2, 2], [0, 0], False, True, None)
                skip = torch.conv2d(skip, stage%1$d_skip_weight, None, [1, 1], [0, 0], [1, 1], 1)
                y = torch.leaky_relu(x, %2$s)
                y = torch.conv2d(y, stage%1$d_conv1_weight, stage%1$d_conv1_bias, [1, 1], [1, 1], [1, 1], 1)
                y = torch.leaky_relu(y, %2$s)
                y = torch.conv2d(y, stage%1$d_conv2_weight, stage%1$d_conv2_bias, [1, 1], [1, 1], [1, 1], 1)
                x = torch.add(skip, torch.avg_pool2d(y, [2, 2], [2, 2], [0, 0], False, True, None))
            """, stage, Layers.SLOPE);
    }

    private static String end(int features) {
        return String.format(Locale.ROOT, """
                x = torch.leaky_relu(x, %2$s)
                x = torch.conv2d(x, end_weight, end_bias, [1, 1], [0, 0], [1, 1], 1)
                features = torch.reshape(x, [-1, %1$d])
                realness = torch.reshape(torch.matmul(torch.leaky_relu(features, %2$s), torch.t(score)), [-1])
                products = torch.mul(torch.matmul(sentence, torch.t(caption)), features)
                agreement = torch.div(torch.sum(products, [1]), %3$s)
                return torch.add(realness, agreement)
            """, features, Layers.SLOPE, Math.sqrt(features));
    }
}
