package io.augserve.onnx.grammar;

/** Anything at all up to a marker. The turn may be over anywhere in it. */
final class FreeText implements Rule.Stretch {
    private final Marker marker;
    /** What the marker's last byte does. */
    private final int atMarker;

    private FreeText(Marker marker, int atMarker) {
        this.marker = marker;
        this.atMarker = atMarker;
    }

    /** What follows comes behind the marker, which belongs to the text. */
    static FreeText upTo(Marker marker) {
        return new FreeText(marker, ENDED);
    }

    /** The marker never comes, and so nothing that follows. */
    static FreeText without(Marker marker) {
        return new FreeText(marker, DEAD);
    }

    private record Place(String marker, int atMarker, int matched) {}

    @Override
    public int after(int at, int value) {
        int matched = marker.matched(at, value);
        return marker.isWhole(matched) ? atMarker : matched;
    }

    @Override
    public boolean mayEnd(int at) {
        return true;
    }

    @Override
    public Object alike(int at, int longest) {
        return new Place(marker.text(), atMarker, at);
    }
}
