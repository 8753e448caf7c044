from django import forms
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render

from shelf.models import Book


class BookForm(forms.ModelForm):
    class Meta:
        model = Book
        fields = ["title", "scan"]


def add_scan(request):
    form = BookForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        book = form.save()
        return HttpResponse(f"{book.pk} {book.scan.size}\n", status=201)
    return render(request, "shelf/add.html", {"form": form})


def scan(request, number):
    return FileResponse(get_object_or_404(Book, pk=number).scan.open())


def catalogue(request):
    rows = (f"{number},book {number}\n" for number in range(int(request.GET["rows"])))
    return StreamingHttpResponse(rows, content_type="text/csv")
