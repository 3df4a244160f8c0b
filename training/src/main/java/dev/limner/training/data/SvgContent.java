package dev.limner.training.data;

import java.io.ByteArrayInputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLEventReader;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * What is in an SVG, found out before anything is drawn: whether it refers to other files, and how many elements are drawn
 * when every reference inside it has been followed. A file of a few hundred bytes may ask for a billion of them.
 */
final class SvgContent {
    private static final String NAMESPACE = "http://www.w3.org/2000/svg";
    private static final int MOST_ELEMENTS = 100_000;
    private static final int DEEPEST = 60;
    private static final Pattern REFERENCE = Pattern.compile("url\\(\\s*['\"]?([^'\")]*)", Pattern.CASE_INSENSITIVE);
    private static final Pattern IMPORT = Pattern.compile("@import", Pattern.CASE_INSENSITIVE);
    private static final Set<String> ANIMATIONS =
            Set.of("animate", "animatetransform", "animatemotion", "animatecolor", "set");
    private static final Set<String> TEXTS = Set.of("text", "tspan", "textpath");

    private final Map<String, Element> byId = new HashMap<>();
    private final Element root = new Element();
    private boolean text;
    private boolean animated;

    /** An element with what it draws: its children, and what it refers to. */
    private static final class Element {
        private final List<Element> children = new ArrayList<>();
        private final Set<String> references = new LinkedHashSet<>();
        private long drawn = -1;
        private boolean counting;
    }

    private SvgContent() {}

    /**
     * Reads it without drawing.
     *
     * @throws ImageException if it is damaged, refers to other files, refers to itself, or draws too much
     */
    static SvgContent of(byte[] file) throws ImageException {
        SvgContent content = new SvgContent();
        try {
            content.read(file);
        } catch (XMLStreamException e) {
            throw ImageException.damaged("as XML: " + firstLine(e));
        }
        if (content.root.children.isEmpty()) {
            throw ImageException.damaged("it holds no svg element");
        }
        long drawn = content.drawn(content.root, 0);
        if (drawn > MOST_ELEMENTS) {
            throw tooLarge("it draws " + (drawn == Long.MAX_VALUE ? "endlessly many" : drawn + "")
                    + " elements when its references are followed, at most " + MOST_ELEMENTS);
        }
        return content;
    }

    /** Whether it shows letters, whose shapes are those of this machine's fonts. */
    boolean hasText() {
        return text;
    }

    /** Whether it moves. */
    boolean isAnimated() {
        return animated;
    }

    /** Events of a file, without what it says of entities and other files. */
    static XMLEventReader events(byte[] file) throws XMLStreamException {
        return factory().createXMLEventReader(new ByteArrayInputStream(file));
    }

    private static XMLInputFactory factory() {
        // The JDK's own, whatever else is on the class path.
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, false);
        return factory;
    }

    private void read(byte[] file) throws XMLStreamException, ImageException {
        XMLStreamReader reader = factory().createXMLStreamReader(new ByteArrayInputStream(file));
        Deque<Element> open = new ArrayDeque<>(List.of(root));
        Deque<String> names = new ArrayDeque<>();
        int elements = 0;
        while (reader.hasNext()) {
            switch (reader.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    if (++elements > MOST_ELEMENTS) {
                        throw tooLarge("it has more than " + MOST_ELEMENTS + " elements");
                    }
                    if (open.size() > DEEPEST) {
                        throw tooLarge("its elements are nested more than " + DEEPEST + " deep");
                    }
                    String name = reader.getLocalName().toLowerCase(Locale.ROOT);
                    names.push(name);
                    Element element = new Element();
                    open.element().children.add(element);
                    open.push(element);
                    if (reader.getNamespaceURI() == null
                            || reader.getNamespaceURI().equals(NAMESPACE)) {
                        take(name, element, reader);
                    } else if (elements == 1) {
                        throw ImageException.damaged(
                                "its namespace is " + reader.getNamespaceURI() + ", not that of SVG");
                    }
                }
                case XMLStreamConstants.END_ELEMENT -> {
                    open.pop();
                    names.pop();
                }
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
                    if ("style".equals(names.peek())) {
                        references(reader.getText(), root);
                    }
                }
                case XMLStreamConstants.ENTITY_REFERENCE ->
                    throw unsupported("it uses the entity '" + reader.getLocalName() + "' of its own");
                default -> {}
            }
        }
        reader.close();
    }

    private void take(String name, Element element, XMLStreamReader reader) throws ImageException {
        switch (name) {
            case "image", "feimage" -> throw unsupported("it holds an image of another kind (" + name + ")");
            case "foreignobject" -> throw unsupported("it holds a page of another kind (foreignObject)");
            default -> {}
        }
        text |= TEXTS.contains(name);
        animated |= ANIMATIONS.contains(name);
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            String attribute = reader.getAttributeLocalName(i).toLowerCase(Locale.ROOT);
            String value = reader.getAttributeValue(i).strip();
            switch (attribute) {
                case "id" -> byId.putIfAbsent(value, element);
                case "href" -> {
                    if (!name.equals("a")) {
                        element.references.add(local(value));
                    }
                }
                default -> references(value, element);
            }
        }
    }

    private static void references(String value, Element element) throws ImageException {
        if (IMPORT.matcher(value).find()) {
            throw unsupported("its style sheet imports another one");
        }
        Matcher found = REFERENCE.matcher(value);
        while (found.find()) {
            element.references.add(local(found.group(1).strip()));
        }
    }

    private static String local(String reference) throws ImageException {
        if (!reference.startsWith("#")) {
            String shown = reference.length() > 60 ? reference.substring(0, 60) + "..." : reference;
            throw unsupported("it refers to '" + shown + "', and only what is in the file is drawn");
        }
        return reference.substring(1);
    }

    /** @return how many elements are drawn for this one; the greatest number where there is no end */
    private long drawn(Element element, int depth) throws ImageException {
        if (element.drawn >= 0) {
            return element.drawn;
        }
        if (element.counting) {
            return Long.MAX_VALUE;
        }
        if (depth > 4 * DEEPEST) {
            throw tooLarge("its references lead more than " + 4 * DEEPEST + " deep");
        }
        element.counting = true;
        long sum = 1;
        for (Element child : element.children) {
            sum = sum(sum, drawn(child, depth + 1));
        }
        for (String reference : element.references) {
            Element target = byId.get(reference);
            sum = target == null ? sum : sum(sum, drawn(target, depth + 1));
        }
        element.counting = false;
        element.drawn = sum;
        return sum;
    }

    private static long sum(long one, long other) {
        return one > Long.MAX_VALUE - other ? Long.MAX_VALUE : one + other;
    }

    private static ImageException tooLarge(String what) {
        return new ImageException(SkippedEntries.Reason.TOO_LARGE, "an SVG that asks for too much: " + what);
    }

    private static ImageException unsupported(String what) {
        return new ImageException(SkippedEntries.Reason.UNSUPPORTED, "an SVG of which not all can be drawn: " + what);
    }

    private static @Nullable String firstLine(XMLStreamException e) {
        String message = e.getMessage();
        // "ParseError at [row,col]:[1,7]\nMessage: what is wrong"
        return message == null ? null : message.replaceAll("\\s*\\R\\s*(Message: )?", ", ");
    }
}
