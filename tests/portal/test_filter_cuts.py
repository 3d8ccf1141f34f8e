from app.portal.filter_cuts import Piece, cuts


def test_what_the_filters_took_out_is_told_from_what_they_left() -> None:
    assert cuts("See you at 9. Bill amt: $40.00", "See you at 9.") == [
        Piece("See you at 9.", False),
        Piece(" Bill amt: $40.00", True),
    ]


def test_a_text_of_which_nothing_is_left_was_cut_whole() -> None:
    assert cuts("Bill amt: $40", "") == [Piece("Bill amt: $40", True)]


def test_what_a_filter_put_in_its_place_is_no_part_of_the_text_before() -> None:
    pieces = cuts("Dr. Bell says 1234", "Dr. Bell says ****")

    assert "".join(piece.text for piece in pieces) == "Dr. Bell says 1234"
    assert [piece.text for piece in pieces if piece.was_cut] == ["1234"]


def test_the_pieces_make_up_the_text_before() -> None:
    before = "Año nuevo\r\n☎ 555-0143,\tBldg 4"

    assert "".join(piece.text for piece in cuts(before, "nuevo")) == before
